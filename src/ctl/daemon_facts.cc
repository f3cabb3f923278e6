#include "ctl/daemon_facts.h"

#include <toml++/toml.h>

#include <string>

#include "lapis/admin/socket_server.h"

namespace lapis::ctl {
namespace {

std::unexpected<Error> refuse(const std::filesystem::path& file, std::string_view why) {
  return fail(ErrorCode::kInvalidInput, file.string() + ": " + std::string(why));
}

Result<DaemonFacts> facts_of(const toml::table& root, const std::filesystem::path& file) {
  DaemonFacts facts;
  const auto metadata = root["metadata"]["path"].value<std::string>();
  if (!metadata || metadata->empty()) return refuse(file, "[metadata] names no path");
  facts.metadata_path = *metadata;
  if (const toml::array* pools = root["pool"].as_array()) {
    for (const toml::node& pool : *pools) {
      const toml::table* table = pool.as_table();
      const toml::array* paths = table == nullptr ? nullptr : (*table)["paths"].as_array();
      if (paths == nullptr) return refuse(file, "a [[pool]] names no paths");
      for (const toml::node& path : *paths) {
        if (const auto text = path.value<std::string>()) facts.pool_paths.emplace_back(*text);
      }
    }
  }
  const auto socket = root["admin"]["socket"].value<std::string>();
  if (!socket) {
    facts.admin_socket = admin::default_socket(facts.metadata_path);
  } else if (*socket != "off") {
    facts.admin_socket = *socket;
  }
  return facts;
}

}  // namespace

Result<DaemonFacts> read_daemon_facts(const std::filesystem::path& file) {
  try {
    const toml::table root = toml::parse_file(file.string());
    return facts_of(root, file);
  } catch (const toml::parse_error& error) {
    return refuse(file, "line " + std::to_string(error.source().begin.line) + ": " +
                            std::string(error.description()));
  }
}

DaemonFacts facts_of_data_dir(const std::filesystem::path& directory) {
  return {directory / "meta", {directory / "flash"}, admin::default_socket(directory / "meta")};
}

}  // namespace lapis::ctl
