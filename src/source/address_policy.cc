#include "lapis/source/address_policy.h"

#include <algorithm>
#include <array>

#include "lapis/http/network.h"

namespace lapis::source {
namespace {

using http::IpAddress;
using http::Network;

constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c = 0, std::uint8_t d = 0) {
  IpAddress address;
  address.bytes = {a, b, c, d};
  address.is_v4 = true;
  return address;
}

// From its first two groups and the beginning of the third.
constexpr IpAddress v6(std::uint16_t first, std::uint16_t second = 0, std::uint16_t third = 0) {
  IpAddress address;
  address.bytes = {static_cast<std::uint8_t>(first >> 8),  static_cast<std::uint8_t>(first),
                   static_cast<std::uint8_t>(second >> 8), static_cast<std::uint8_t>(second),
                   static_cast<std::uint8_t>(third >> 8),  static_cast<std::uint8_t>(third)};
  return address;
}

constexpr Network kSpecialV4[] = {
    {v4(0, 0), 8},               // this network
    {v4(10, 0), 8},              // private
    {v4(100, 64), 10},           // shared, behind a carrier's NAT
    {v4(127, 0), 8},             // loopback
    {v4(168, 63, 129, 16), 32},  // the platform below Azure's virtual machines
    {v4(169, 254), 16},          // link-local: metadata services of clouds
    {v4(172, 16), 12},           // private
    {v4(192, 0), 24},            // protocol assignments
    {v4(192, 0, 2), 24},         // documentation
    {v4(192, 88, 99), 24},       // relays of 6to4
    {v4(192, 168), 16},          // private
    {v4(198, 18), 15},           // benchmarks
    {v4(198, 51, 100), 24},      // documentation
    {v4(203, 0, 113), 24},       // documentation
    {v4(224, 0), 4},             // multicast
    {v4(240, 0), 4},             // reserved, broadcast
};

constexpr Network kGlobalV6{v6(0x2000), 3};  // anything else is special, or nobody's
constexpr Network kSpecialV6[] = {
    {v6(0x2001), 23},         // protocol assignments, among them Teredo
    {v6(0x2001, 0xdb8), 32},  // documentation
    {v6(0x2002), 16},         // 6to4: leads to an IPv4 address
    {v6(0x3fff), 20},         // documentation
};

constexpr Network kNat64{v6(0x64, 0xff9b), 96};

}  // namespace

IpAddress real_address(const IpAddress& address) {
  if (!kNat64.contains(address)) return http::unmapped(address);
  IpAddress real;
  real.is_v4 = true;
  std::copy_n(address.bytes.begin() + 12, 4, real.bytes.begin());
  return real;
}

bool is_special(const IpAddress& address) {
  const IpAddress real = real_address(address);
  const auto holds = [&real](const Network& network) { return network.contains(real); };
  if (real.is_v4) return std::ranges::any_of(kSpecialV4, holds);
  return !kGlobalV6.contains(real) || std::ranges::any_of(kSpecialV6, holds);
}

}  // namespace lapis::source
