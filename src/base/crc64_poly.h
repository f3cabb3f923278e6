// The arithmetic behind CRC-64/NVME: polynomials over GF(2) modulo P, worked out at compile time.
//
// A polynomial of degree below 64 is written *reflected*: bit 63 is the coefficient of x^0, bit 0
// that of x^63. A *state* is the remainder a CRC carries between bytes; a finished CRC is its
// complement, and the state before the first byte is all ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lapis::crc64_poly {

// P without its x^64.
inline constexpr std::uint64_t kPoly = 0x9A6C9329AC4BC9B5;
inline constexpr std::uint64_t kOne = std::uint64_t{1} << 63;

// a * x
constexpr std::uint64_t times_x(std::uint64_t a) { return (a >> 1) ^ ((a & 1) != 0 ? kPoly : 0); }

// a / x; P has a constant term, so x has an inverse.
constexpr std::uint64_t divided_by_x(std::uint64_t a) {
  return (a & kOne) != 0 ? ((a ^ kPoly) << 1) | 1 : a << 1;
}

// a * b
constexpr std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  for (; a != 0; a <<= 1, b = times_x(b)) {
    if ((a & kOne) != 0) product ^= b;
  }
  return product;
}

// x^n
constexpr std::uint64_t x_to_the(std::uint64_t n) {
  std::uint64_t power = kOne;
  for (std::uint64_t square = times_x(kOne); n != 0; n >>= 1, square = multiply(square, square)) {
    if ((n & 1) != 0) power = multiply(power, square);
  }
  return power;
}

// The quotient of x^128 and P, whose 65 coefficients reflect to 65 bits: the lower 64 of them (the
// one above, of x^0, is left out; a Barrett reduction needs only the low half of its product).
constexpr std::uint64_t barrett_quotient() {
  std::uint64_t quotient = 1;       // x^64
  std::uint64_t remainder = kPoly;  // of x^64
  for (int i = 1; i < 64; ++i) {
    quotient |= (remainder & 1) << i;
    remainder = times_x(remainder);
  }
  return quotient;
}

// What moves 128 bits of message forward by kBits: `low` is for the earlier (higher) half.
// Carry-less products of reflected words come out times x, hence the -1.
struct FoldKeys {
  std::uint64_t low;
  std::uint64_t high;
};

template <std::uint64_t kBits>
constexpr FoldKeys kFoldBy = {.low = x_to_the(kBits + 63), .high = x_to_the(kBits - 1)};

}  // namespace lapis::crc64_poly
