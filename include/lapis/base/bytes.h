// Byte spans, and little- and big-endian integers in them. On-disk bytes are decoded with these,
// never cast.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace lapis {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The integer at `at`; the caller has checked that it lies inside `in`.
template <std::unsigned_integral T>
T load_le(Bytes in, std::size_t at = 0) {
  T value;
  std::memcpy(&value, in.data() + at, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
  return value;
}

template <std::unsigned_integral T>
void store_le(MutableBytes out, std::size_t at, T value) {
  if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

template <std::unsigned_integral T>
T load_be(Bytes in, std::size_t at = 0) {
  T value;
  std::memcpy(&value, in.data() + at, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  return value;
}

template <std::unsigned_integral T>
void store_be(MutableBytes out, std::size_t at, T value) {
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

}  // namespace lapis
