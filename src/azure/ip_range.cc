#include "azure/ip_range.h"

#include "lapis/base/number.h"

namespace lapis::azure {

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = text.find('.');
    if ((dot == text.npos) != (part == 3)) return std::nullopt;
    const std::string_view digits = text.substr(0, dot);
    const auto number = parse_u64(digits);
    if (!number || *number > 255 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    address = address << 8 | static_cast<std::uint32_t>(*number);
    text = dot == text.npos ? std::string_view() : text.substr(dot + 1);
  }
  return address;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_ipv4(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_ipv4(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return IpRange{*first, *last};
}

bool is_in(const IpRange& range, std::string_view peer) {
  constexpr std::string_view kMapped = "::ffff:";
  if (peer.starts_with(kMapped)) peer.remove_prefix(kMapped.size());
  const auto address = parse_ipv4(peer);
  return address && range.contains(*address);
}

}  // namespace lapis::azure
