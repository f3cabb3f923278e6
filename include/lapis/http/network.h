// A network: a range of IP addresses that have their first bits in common. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/http/ip_address.h"

namespace lapis::http {

// "10.0.0.0/8", "fd00::/8"; one address without its length.
struct Network {
  IpAddress first;
  unsigned length = 0;  // bits that count
  bool contains(const IpAddress& address) const;
};

// Nothing where it is none, or has bits behind its length. One of mapped addresses is the IPv4
// network.
std::optional<Network> parse_network(std::string_view text);

// The IPv4 address of one mapped into IPv6 (::ffff:0:0/96), as a peer of a socket for both has it;
// any other as it is.
IpAddress unmapped(const IpAddress& address);

}  // namespace lapis::http
