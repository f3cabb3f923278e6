#include "azure/request/guid.h"

#include <algorithm>
#include <cstddef>

namespace lapis::azure {
namespace {

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<Guid> from_digits(std::string_view text) {
  Guid guid;
  if (text.size() != 2 * guid.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < guid.bytes.size(); ++i) {
    const auto high = digit(text[2 * i]);
    const auto low = digit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    guid.bytes[i] = static_cast<std::byte>(*high << 4 | *low);
  }
  return guid;
}

std::optional<Guid> from_hyphens(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen != (text[i] == '-')) return std::nullopt;
    if (!hyphen) digits += text[i];
  }
  return from_digits(digits);
}

// Takes "0x" and 1 to `most` digits off `text`; what they are, filled up with zeros.
std::optional<std::string> take_number(std::string_view& text, std::size_t most) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  text.remove_prefix(2);
  const auto end = std::ranges::find_if(text, [](char c) { return !digit(c); });
  const auto count = static_cast<std::size_t>(end - text.begin());
  if (count == 0 || count > most) return std::nullopt;
  std::string digits(most - count, '0');
  digits += text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

// {0x00000000,0x0000,0x0000,{0x00,0x00,0x00,0x00,0x00,0x00,0x00,0x00}}
std::optional<Guid> from_numbers(std::string_view text) {
  constexpr std::size_t kDigits[] = {8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2};
  constexpr std::size_t kFirstByte = 3;
  if (!take(text, "{")) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < std::size(kDigits); ++i) {
    if (i != 0 && !take(text, ",")) return std::nullopt;
    if (i == kFirstByte && !take(text, "{")) return std::nullopt;
    const auto number = take_number(text, kDigits[i]);
    if (!number) return std::nullopt;
    digits += *number;
  }
  if (text != "}}") return std::nullopt;
  return from_digits(digits);
}

}  // namespace

std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() == 32) return from_digits(text);
  const bool braces = text.starts_with('{') && text.ends_with('}');
  const bool parentheses = text.starts_with('(') && text.ends_with(')');
  if ((braces || parentheses) && text.size() == 38) return from_hyphens(text.substr(1, 36));
  if (braces) return from_numbers(text);
  return from_hyphens(text);
}

}  // namespace lapis::azure
