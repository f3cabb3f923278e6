#include "lapis/http/network.h"

#include <algorithm>
#include <cstring>

#include "lapis/base/number.h"

namespace lapis::http {
namespace {

constexpr Network kMapped{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, false}, 96};

}  // namespace

namespace {

// As peers are compared (unmapped).
Network unmapped(const Network& network) {
  if (network.length < kMapped.length || !kMapped.contains(network.first)) return network;
  return {unmapped(network.first), network.length - kMapped.length};
}

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
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->is_v4 ? 32 : 128;
  Network network{*address, most};
  if (slash == text.npos) return unmapped(network);
  const auto length = parse_u64(text.substr(slash + 1));
  if (!length || *length > most) return std::nullopt;
  network.length = static_cast<unsigned>(*length);
  for (unsigned bit = network.length; bit < most; ++bit) {
    if ((address->bytes[bit / 8] & 0x80u >> bit % 8) != 0) return std::nullopt;
  }
  return unmapped(network);
}

IpAddress unmapped(const IpAddress& address) {
  if (!kMapped.contains(address)) return address;
  IpAddress real;
  real.is_v4 = true;
  std::copy_n(address.bytes.begin() + 12, 4, real.bytes.begin());
  return real;
}

}  // namespace lapis::http
