// Networks in the configuration.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/toml_reader.h"
#include "lapis/http/network.h"

namespace lapis::daemon {

// An array of "ADDRESS/BITS", added to `into`; absent: nothing.
Result<void> read_networks(TomlReader& reader, std::string_view key,
                           std::vector<http::Network>& into);

}  // namespace lapis::daemon
