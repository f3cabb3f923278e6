#include <array>

#include "base/crc64_impl.h"
#include "base/crc64_poly.h"
#include "lapis/base/crc64.h"

namespace lapis {
namespace {

using Multiply = std::uint64_t (*)(std::uint64_t a, std::uint64_t b);

// Entry k: x^(8 * 2^k), what 2^k bytes that follow multiply a CRC by.
constexpr std::array<std::uint64_t, 64> make_powers() {
  std::array<std::uint64_t, 64> powers{};
  powers[0] = crc64_poly::x_to_the(8);
  for (std::size_t k = 1; k < powers.size(); ++k) {
    powers[k] = crc64_poly::multiply(powers[k - 1], powers[k - 1]);
  }
  return powers;
}

constexpr std::array<std::uint64_t, 64> kPowers = make_powers();

Multiply best_multiply() {
#if defined(LAPIS_CRC64_X86)
  if (crc64_impl::has_clmul()) return crc64_impl::multiply_clmul;
#endif
  return crc64_poly::multiply;
}

}  // namespace

// The complements at start and end cancel out, so finished CRCs combine as plain remainders do.
std::uint64_t crc64_combine(std::uint64_t crc_a, std::uint64_t crc_b, std::uint64_t length_b) {
  static const Multiply multiply = best_multiply();
  for (std::size_t k = 0; length_b != 0; ++k, length_b >>= 1) {
    if ((length_b & 1) != 0) crc_a = multiply(kPowers[k], crc_a);
  }
  return crc_a ^ crc_b;
}

}  // namespace lapis
