// The TOML file (conf/lapisd.toml documents it) into a Config. Internal to load_config.
#pragma once

#include <toml++/toml.h>

#include "daemon/config.h"

namespace lapis::daemon {

Result<Config> read_config(const toml::table& root);

// Sets where /metrics and its like are served: an address without TLS, or "off".
Result<void> set_admin_listen(std::string_view text, Config& config);

// Sets where the admin socket lies: a path, or "off".
void set_admin_socket(std::string_view text, Config& config);

// "ADDRESS:PORT", "[V6]:PORT", with "http://" or "https://" before it or not.
Result<http::ListenAddress> parse_listen_address(std::string_view text);

}  // namespace lapis::daemon
