// Which addresses are the public Internet's, and which lie inside networks: what outgoing requests
// are held against. Pure.
// Source: IANA's registries of special-purpose IPv4 and IPv6 addresses.
#pragma once

#include "lapis/http/ip_address.h"

namespace lapis::source {

// The address that a connection really leads to: the IPv4 address of one mapped into IPv6
// (::ffff:0:0/96) or behind the well-known prefix of NAT64 (64:ff9b::/96), any other as it is.
http::IpAddress real_address(const http::IpAddress& address);

// True for what is no ordinary address of the public Internet: private, shared, loopback,
// link-local, multicast, reserved, for documentation or benchmarks, tunnels, and what is assigned
// to no one. `address` is taken as real_address has it.
bool is_special(const http::IpAddress& address);

}  // namespace lapis::source
