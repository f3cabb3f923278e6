#include "gateway/access_log/json_text.h"

#include <algorithm>

#include "lapis/base/url.h"

namespace lapis::gateway {
namespace {

constexpr std::string_view kReplacement = "\\ufffd";

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

// Whether all eight bytes are plain: by the bit tricks of "Bit Twiddling Hacks" (S. E. Anderson), a
// high bit set in each byte that is not.
bool is_plain_word(const char* at) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0} / 255;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  const std::uint64_t other = (bytes - kOnes * 0x20) | (bytes + kOnes) | bytes |
                              zeros(bytes ^ kOnes * '"') | zeros(bytes ^ kOnes * '\\');
  return (other & kHighs) == 0;
}

bool is_all_plain(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) return std::ranges::all_of(text, is_plain);
  for (std::size_t at = 0; at + kWord < text.size(); at += kWord) {
    if (!is_plain_word(text.data() + at)) return false;
  }
  // The last word may overlap the one before.
  return is_plain_word(text.data() + text.size() - kWord);
}

void append_escape(TextBuffer& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  if (c == '"' || c == '\\') {
    out.append('\\');
    out.append(c);
  } else {
    out.append("\\u00");
    out.append(kHex[byte >> 4]);
    out.append(kHex[byte & 15]);
  }
}

// How many bytes the character that begins with `lead` has; 0 where none can.
std::size_t length_of(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  if (byte >= 0xC2 && byte < 0xE0) return 2;
  if (byte >= 0xE0 && byte < 0xF0) return 3;
  if (byte >= 0xF0 && byte < 0xF5) return 4;
  return 0;
}

// Line and paragraph separators, and controls above ASCII: no better than bytes that are no text.
bool is_separator(std::string_view character) {
  return character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9" ||
         (character.size() == 2 && character[0] == '\xC2' &&
          static_cast<std::uint8_t>(character[1]) < 0xA0);
}

void append_escaped(TextBuffer& out, std::string_view text) {
  while (!text.empty()) {
    const auto plain =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<std::uint8_t>(text[0]) < 0x80) {
      append_escape(out, text[0]);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, length_of(text[0]));
    if (character.empty() || !is_utf8(character) || is_separator(character)) {
      out.append(kReplacement);
      text.remove_prefix(is_utf8(character) ? std::max<std::size_t>(character.size(), 1) : 1);
    } else {
      out.append(character);
      text.remove_prefix(character.size());
    }
  }
}

}  // namespace

void append_json(TextBuffer& out, std::string_view text) {
  out.append('"');
  if (is_all_plain(text)) {
    out.append(text);
  } else {
    append_escaped(out, text);
  }
  out.append('"');
}

void JsonObject::milliseconds(std::string_view key, std::uint64_t nanoseconds) {
  const std::uint64_t micros = (nanoseconds + 500) / 1000;
  number(key, micros / 1000);
  const std::uint64_t rest = micros % 1000;
  out_.append('.');
  for (const std::uint64_t unit : {100u, 10u, 1u}) {
    out_.append(static_cast<char>('0' + rest / unit % 10));
  }
}

}  // namespace lapis::gateway
