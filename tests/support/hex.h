// Bytes as lower-case hexadecimal, for comparing with published vectors.
#pragma once

#include <string>
#include <string_view>

#include "lapis/base/bytes.h"

namespace lapis::test {

inline std::string to_hex(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text.push_back(kDigits[std::to_integer<std::size_t>(byte >> 4)]);
    text.push_back(kDigits[std::to_integer<std::size_t>(byte & std::byte{0x0F})]);
  }
  return text;
}

}  // namespace lapis::test
