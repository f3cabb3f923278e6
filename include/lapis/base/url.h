// Percent-encoding (RFC 3986) and UTF-8 validity.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lapis {

// Decodes %XX; '+' stays '+'. Nothing where an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text);
// The same into `out`, which holds text.size() bytes and may be where `text` lies; returns how many
// it wrote.
std::optional<std::size_t> percent_decode_into(std::string_view text, char* out);

// Encodes all but unreserved characters (A-Z a-z 0-9 - . _ ~); `keep` lists further bytes to leave.
std::string percent_encode(std::string_view text, std::string_view keep = {});

// True where `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);

// The number of UTF-16 code units of well-formed UTF-8: how Azure counts the characters of a name.
std::size_t utf16_length(std::string_view utf8);

}  // namespace lapis
