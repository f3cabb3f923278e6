// lapisd's configuration file: refused with a reason or read, never more.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/config_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const toml::table table =
        toml::parse(std::string_view(reinterpret_cast<const char*>(data), size));
    const auto config = lapis::daemon::read_config(table);
    if (!config) {
      if (config.error().detail.empty()) std::abort();
      return 0;
    }
    (void)lapis::daemon::check_config(*config);
  } catch (const toml::parse_error&) {
    return 0;
  }
  return 0;
}
