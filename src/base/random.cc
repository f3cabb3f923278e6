#include "lapis/base/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>

#include "lapis/base/check.h"

namespace lapis {
namespace {

// xoshiro256++ (Blackman, Vigna): 256 bits of state, passes the usual batteries, not for secrets.
class Xoshiro256 {
 public:
  Xoshiro256() { fill_random(std::as_writable_bytes(std::span(state_))); }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace

void fill_random(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t count = ::getrandom(out.data(), out.size(), 0);
    // Once the kernel's pool is seeded, only a signal can interrupt it.
    LAPIS_CHECK(count > 0 || (count < 0 && errno == EINTR));
    if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
  }
}

std::uint64_t random_u64() {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  fill_random(bytes);
  return load_le<std::uint64_t>(bytes);
}

Guid Guid::make() {
  thread_local Xoshiro256 generator;
  Guid guid;
  store_le(guid.bytes, 0, generator.next());
  store_le(guid.bytes, 8, generator.next());
  // RFC 9562: version 4 in the high half of byte 6, variant 10 at the top of byte 8.
  guid.bytes[6] = (guid.bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  guid.bytes[8] = (guid.bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  return guid;
}

FixedText<36> Guid::text() const {
  constexpr std::string_view kHex = "0123456789abcdef";
  FixedText<36> text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kHex[std::to_integer<std::size_t>(bytes[i] >> 4)]);
    text.push_back(kHex[std::to_integer<std::size_t>(bytes[i] & std::byte{0x0F})]);
  }
  return text;
}

}  // namespace lapis
