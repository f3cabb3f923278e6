#include <cstdint>

#include "lapis/base/url.h"

namespace lapis {
namespace {

// What must follow a lead byte: how many bytes in all, and the range of the second one, which is
// where overlong forms, surrogates and values beyond U+10FFFF show (Unicode table 3-7).
struct Utf8Sequence {
  std::size_t length;
  std::uint8_t second_min;
  std::uint8_t second_max;
};

constexpr Utf8Sequence sequence_of(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Sequence sequence = sequence_of(static_cast<std::uint8_t>(text[at]));
    if (sequence.length == 0 || text.size() - at < sequence.length) return false;
    if (sequence.length > 1) {
      const auto second = static_cast<std::uint8_t>(text[at + 1]);
      if (second < sequence.second_min || second > sequence.second_max) return false;
    }
    for (std::size_t i = 2; i < sequence.length; ++i) {
      if (!is_continuation(text[at + i])) return false;
    }
    at += sequence.length;
  }
  return true;
}

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    if (is_continuation(c)) continue;
    // Four-byte sequences lie beyond the basic plane: a surrogate pair.
    units += static_cast<std::uint8_t>(c) >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace lapis
