#include "daemon/network_list.h"

namespace lapis::daemon {

Result<void> read_networks(TomlReader& reader, std::string_view key,
                           std::vector<http::Network>& into) {
  LAPIS_TRY(const auto texts, reader.texts(key));
  for (const std::string& text : texts) {
    const auto network = http::parse_network(text);
    if (!network) {
      return config_error(*reader.find(key),
                          "\"" + text + "\" is no network: ADDRESS/BITS with nothing behind them");
    }
    into.push_back(*network);
  }
  return {};
}

}  // namespace lapis::daemon
