// The IPv4 addresses that a SAS allows (`sip`): one, or an inclusive range.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lapis::azure {

struct IpRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool contains(std::uint32_t address) const { return first <= address && address <= last; }
};

// "192.0.2.1"; four decimal numbers without leading zeros.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);

// "192.0.2.1" or "192.0.2.1-192.0.2.9".
std::optional<IpRange> parse_ip_range(std::string_view text);

// `peer` is an address in text; an IPv4 address mapped into IPv6 counts as IPv4, other IPv6
// addresses are in no range.
bool is_in(const IpRange& range, std::string_view peer);

}  // namespace lapis::azure
