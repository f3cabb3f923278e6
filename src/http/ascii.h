// The character classes of HTTP's grammar (RFC 9110 section 5.6), free of locales.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lapis::http {

inline constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// A set of characters with a constant-time test.
class CharSet {
 public:
  // Letters, digits and `others`.
  static constexpr CharSet alphanumeric_and(std::string_view others) {
    CharSet set;
    for (std::size_t c = 0; c < 128; ++c) set.in_[c] = is_alphanumeric(static_cast<char>(c));
    for (const char c : others) set.in_[static_cast<unsigned char>(c)] = true;
    return set;
  }
  constexpr bool contains(char c) const { return in_[static_cast<unsigned char>(c)]; }
  // True where `text` is not empty and all of it is in the set.
  constexpr bool spells(std::string_view text) const {
    for (const char c : text) {
      if (!contains(c)) return false;
    }
    return !text.empty();
  }

 private:
  std::array<bool, 256> in_{};
};

// tchar: what methods and field names are made of.
inline constexpr CharSet kTokenChars = CharSet::alphanumeric_and("!#$%&'*+-.^_`|~");

// True where `text` has a byte that no field value may carry: controls beside the tab, and DEL.
inline constexpr bool has_control(std::string_view text) {
  bool found = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    found |= (byte < 0x20 && byte != '\t') || byte == 0x7f;
  }
  return found;
}

// Without blanks and tabs at either end.
inline constexpr std::string_view trim_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace lapis::http
