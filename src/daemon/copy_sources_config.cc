#include "daemon/copy_sources_config.h"

#include <algorithm>

#include "daemon/network_list.h"
#include "lapis/http/client.h"

namespace lapis::daemon {
namespace {

Result<void> read_hosts(TomlReader& reader, std::string_view key, std::vector<std::string>& into) {
  LAPIS_TRY(into, reader.texts(key));
  for (const std::string& host : into) {
    if (!source::is_host_pattern(host)) {
      return config_error(*reader.find(key),
                          "\"" + host + "\" is neither a host nor \"*.\" and a domain");
    }
  }
  return {};
}

}  // namespace

Result<void> read_copy_sources(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("copy_sources"));
  if (table == nullptr) return {};
  TomlReader reader(*table);
  CopySourceConfig& sources = config.copy_sources;
  LAPIS_TRY_VOID(read_hosts(reader, "hosts", sources.policy.hosts));
  LAPIS_TRY_VOID(read_hosts(reader, "own_hosts", sources.policy.own_hosts));
  LAPIS_TRY_VOID(read_networks(reader, "networks", sources.policy.networks));
  LAPIS_TRY(const auto ports, reader.numbers("ports", 1, 65'535));
  if (ports) {
    sources.policy.ports.clear();
    for (const std::uint64_t port : *ports) {
      sources.policy.ports.push_back(static_cast<std::uint16_t>(port));
    }
  }
  LAPIS_TRY(const auto ca_file, reader.text("ca_file"));
  if (ca_file) sources.ca_file = *ca_file;
  LAPIS_TRY(const auto copies, reader.number("max_copies", 1));
  if (copies) sources.max_copies = *copies;
  LAPIS_TRY(const auto connect, reader.duration("connect_timeout"));
  if (connect) sources.connect_timeout = *connect;
  return reader.finish();
}

}  // namespace lapis::daemon
