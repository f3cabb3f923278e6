#include "lapis/base/url.h"

#include <cstdint>

namespace lapis {
namespace {

// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::optional<std::size_t> percent_decode_into(std::string_view text, char* out) {
  char* at = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *at++ = text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    *at++ = static_cast<char>(high * 16 + low);
    i += 2;
  }
  return static_cast<std::size_t>(at - out);
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded(text.size(), '\0');
  const auto size = percent_decode_into(text, decoded.data());
  if (!size) return std::nullopt;
  decoded.resize(*size);
  return decoded;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != keep.npos) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    encoded.append({'%', kHex[byte >> 4], kHex[byte & 0xF]});
  }
  return encoded;
}

}  // namespace lapis
