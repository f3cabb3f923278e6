#include "daemon/config.h"

#include <arpa/inet.h>

#include <set>

#include "daemon/config_file.h"
#include "daemon/toml_reader.h"
#include "lapis/admin/socket_server.h"

namespace lapis::daemon {
namespace {

// Without a file: the development account on a loopback address, data below the directory given.
Config embedded_default() {
  Config config;
  config.listen.push_back({"127.0.0.1", 10'000, false});
  auto account = azure::make_account(std::string(azure::kDevelopmentAccount),
                                     {std::string(azure::kDevelopmentKey)});
  LAPIS_CHECK(account);
  config.accounts.push_back(std::move(*account));
  return config;
}

void place_data(Config& config, const std::filesystem::path& directory) {
  config.metadata_path = directory / "meta";
  storage::PoolOptions pool;
  pool.name = "flash";
  pool.paths.push_back(directory / "flash");
  config.tier.pools = {{.pool = pool.name}};
  config.pools = {std::move(pool)};
}

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return address == "::1";
}

bool is_ip_literal(const std::string& address) {
  in6_addr any{};
  return inet_pton(AF_INET, address.c_str(), &any) == 1 ||
         inet_pton(AF_INET6, address.c_str(), &any) == 1;
}

std::unexpected<Error> refuse(std::string reason) {
  return fail(ErrorCode::kInvalidInput, std::move(reason));
}

Result<Config> parse_file(const std::filesystem::path& file) {
  try {
    const toml::table table = toml::parse_file(file.string());
    return read_config(table);
  } catch (const toml::parse_error& error) {
    return refuse(file.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                  std::string(error.description()));
  }
}

Result<void> check_listeners(const Config& config) {
  if (config.listen.empty()) return refuse("no address to listen on");
  bool development = false;
  for (const azure::Account& account : config.accounts) {
    if (account.name == azure::kDevelopmentAccount) development = true;
  }
  for (const http::ListenAddress& listener : config.listen) {
    if (!is_ip_literal(listener.address)) {
      return refuse("\"" + listener.address + "\" is not an IP address");
    }
    if (listener.tls && !config.tls) return refuse("an https:// address needs [tls]");
    if (development && !is_loopback(listener.address)) {
      return refuse(
          "the development account (its key is public) is served on loopback only, not on " +
          listener.address);
    }
  }
  if (config.admin_listen && !is_ip_literal(config.admin_listen->address)) {
    return refuse("\"" + config.admin_listen->address + "\" is not an IP address");
  }
  return {};
}

Result<void> check_paths(const Config& config) {
  std::set<std::filesystem::path> seen;
  const auto claim = [&](const std::filesystem::path& path) -> Result<void> {
    // With or without a slash at its end, absolute or not: the same directory.
    const auto normal = (std::filesystem::absolute(path) / "").lexically_normal();
    if (!seen.insert(normal).second) {
      return refuse("path " + path.string() + " is named twice");
    }
    return {};
  };
  if (config.metadata_path.empty()) return refuse("no metadata path: give --data-dir or --config");
  LAPIS_TRY_VOID(claim(config.metadata_path));
  for (const storage::PoolOptions& pool : config.pools) {
    for (const auto& path : pool.paths) LAPIS_TRY_VOID(claim(path));
  }
  return {};
}

}  // namespace

Result<Config> load_config(const Flags& flags) {
  Config config;
  if (flags.config_file) {
    LAPIS_TRY(config, parse_file(*flags.config_file));
  } else {
    config = embedded_default();
    place_data(config, flags.data_dir.value_or("lapis-data"));
  }
  if (flags.data_dir && flags.config_file) place_data(config, *flags.data_dir);
  if (!flags.listen.empty()) {
    config.listen.clear();
    for (const std::string& text : flags.listen) {
      LAPIS_TRY(auto address, parse_listen_address(text));
      config.listen.push_back(std::move(address));
    }
  }
  if (flags.config_file && config.listen.empty())
    config.listen.push_back({"127.0.0.1", 10'000, false});
  if (!config.admin_listen_given) config.admin_listen = {"127.0.0.1", kDefaultAdminPort, false};
  if (flags.admin_listen) LAPIS_TRY_VOID(set_admin_listen(*flags.admin_listen, config));
  if (flags.admin_socket) set_admin_socket(*flags.admin_socket, config);
  if (!config.admin_socket_given) config.admin_socket = admin::default_socket(config.metadata_path);
  config.accept_lost_commits = flags.accept_lost_commits;
  LAPIS_TRY_VOID(check_config(config));
  return config;
}

Result<void> check_config(const Config& config) {
  LAPIS_TRY_VOID(check_listeners(config));
  if (config.tls) LAPIS_TRY_VOID(http::check_tls(*config.tls));
  LAPIS_TRY_VOID(check_paths(config));
  std::set<std::string> names;
  for (const azure::Account& account : config.accounts) {
    if (!names.insert(account.name).second)
      return refuse("account " + account.name + " is named twice");
  }
  return {};
}

}  // namespace lapis::daemon
