// The table [copy_sources] of the configuration file.
#pragma once

#include "daemon/config.h"
#include "daemon/toml_reader.h"

namespace lapis::daemon {

Result<void> read_copy_sources(TomlReader& root, Config& config);

}  // namespace lapis::daemon
