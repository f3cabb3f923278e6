#include "lapis/source/address_policy.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lapis/base/number.h"

namespace lapis::source {
namespace {

using http::IpAddress;

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

constexpr Network kMapped{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, false}, 96};
constexpr Network kNat64{v6(0x64, 0xff9b), 96};

}  // namespace

bool Network::contains(const IpAddress& address) const {
  if (address.is_v4 != first.is_v4) return false;
  const unsigned whole = length / 8;
  if (std::memcmp(address.bytes.data(), first.bytes.data(), whole) != 0) return false;
  if (length % 8 == 0) return true;
  const unsigned shift = 8 - length % 8;
  return address.bytes[whole] >> shift == first.bytes[whole] >> shift;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = http::parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->is_v4 ? 32 : 128;
  Network network{*address, most};
  if (slash == text.npos) return network;
  const auto length = parse_u64(text.substr(slash + 1));
  if (!length || *length > most) return std::nullopt;
  network.length = static_cast<unsigned>(*length);
  for (unsigned bit = network.length; bit < most; ++bit) {
    if ((address->bytes[bit / 8] & 0x80u >> bit % 8) != 0) return std::nullopt;
  }
  return network;
}

IpAddress real_address(const IpAddress& address) {
  if (!kMapped.contains(address) && !kNat64.contains(address)) return address;
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
