// Structured messages put together by hand, apart from the code under test.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/crc64.h"

namespace lapis::test {

template <std::unsigned_integral T>
void append_le(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out.push_back(static_cast<char>(value & 0xff));
    value = static_cast<T>(static_cast<std::uint64_t>(value) >> 8);
  }
}

inline std::string structured(const std::string& payload, std::size_t segment_size) {
  const std::size_t segments = (payload.size() + segment_size - 1) / segment_size;
  std::string out(1, '\x01');
  append_le(out, std::uint64_t{21 + 18 * segments + payload.size()});
  append_le(out, std::uint16_t{1});
  append_le(out, static_cast<std::uint16_t>(segments));
  for (std::size_t i = 0; i < segments; ++i) {
    const std::string segment = payload.substr(i * segment_size, segment_size);
    append_le(out, static_cast<std::uint16_t>(i + 1));
    append_le(out, std::uint64_t{segment.size()});
    out += segment;
    append_le(out, crc64(as_bytes(segment)));
  }
  append_le(out, crc64(as_bytes(payload)));
  return out;
}

}  // namespace lapis::test
