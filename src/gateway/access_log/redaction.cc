#include "gateway/access_log/redaction.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace lapis::gateway {
namespace {

constexpr std::string_view kRedacted = "REDACTED";
// A name encoded more often than this is decoded by nobody.
constexpr int kMaxDecodings = 8;

constexpr std::string_view kName = "sig";

// A character as decoded so far, and where in the text what it stands for ends.
struct Glyph {
  char byte;
  std::uint32_t end;
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char upper(char c) { return static_cast<char>(c - 32); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The byte that "%xx" at the beginning of `text` stands for; -1 where there is no escape.
int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = hex_value(text[1]);
  const int low = hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Takes one layer of percent-encoding off; false where there was none. What is no escape stays.
bool decode_once(std::vector<Glyph>& glyphs) {
  std::size_t out = 0;
  bool decoded = false;
  for (std::size_t in = 0; in < glyphs.size(); ++in, ++out) {
    glyphs[out] = glyphs[in];
    if (glyphs[in].byte != '%' || in + 2 >= glyphs.size()) continue;
    const int high = hex_value(glyphs[in + 1].byte);
    const int low = hex_value(glyphs[in + 2].byte);
    if (high < 0 || low < 0) continue;
    glyphs[out].byte = static_cast<char>(high * 16 + low);
    glyphs[out].end = glyphs[in + 2].end;
    in += 2;
    decoded = true;
  }
  glyphs.resize(out);
  return decoded;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// What may stand around a name and its '=' without being part of either.
bool is_filler(char c) { return c == ' ' || c == '+' || c == '\t' || c == '\0'; }

// Base64, in any of its alphabets, with what separates it from its '='; generous, so that nothing
// of a signature that was mangled stays.
constexpr auto kIsValueCharacter = [] {
  std::array<bool, 256> is{};
  constexpr std::string_view kAll(
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
      "+/=-_%~. \t\r\n\\\"'\0",
      78);
  for (const char c : kAll) is[static_cast<std::uint8_t>(c)] = true;
  return is;
}();
bool is_value_character(char c) { return kIsValueCharacter[static_cast<std::uint8_t>(c)]; }

// What is read at a place in decoded text, and the place behind it.
struct Read {
  char byte;
  std::size_t next;
};

// Text that was decoded as often as it can be. Places are numbers of glyphs.
class DecodedText {
 public:
  explicit DecodedText(std::string_view text) {
    glyphs_.reserve(text.size());
    for (std::uint32_t i = 0; i < text.size(); ++i) glyphs_.push_back({text[i], i + 1});
    for (int i = 0; i < kMaxDecodings && decode_once(glyphs_); ++i) {
    }
  }
  bool at_end(std::size_t at) const { return at >= glyphs_.size(); }
  Read read(std::size_t at) const { return {glyphs_[at].byte, at + 1}; }
  char before(std::size_t at) const { return at == 0 ? '\0' : glyphs_[at - 1].byte; }
  // The first place from `at` on where the name may stand.
  std::size_t find_name(std::size_t at) const {
    while (!at_end(at) && lower(glyphs_[at].byte) != kName[0]) ++at;
    return at;
  }
  // Where in the text a place is.
  std::size_t offset(std::size_t at) const { return at == 0 ? 0 : glyphs_[at - 1].end; }

 private:
  std::vector<Glyph> glyphs_;
};

// Text of which nothing but what stands around names and values is encoded, and that once: it is
// decoded where it is looked at. Nearly every request is such a text. Places are offsets.
class PlainlyEncodedText {
 public:
  explicit PlainlyEncodedText(std::string_view text) : text_(text) {}

  // No letter of the name is encoded, and nothing from which an escape could come to be.
  static bool is_one(std::string_view text) {
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
      const int byte = escaped_byte(text.substr(at));
      if (byte < 0) continue;
      const char c = static_cast<char>(byte);
      if (c == '%' || hex_value(c) >= 0 || kName.find(lower(c)) != kName.npos) return false;
    }
    return true;
  }

  bool at_end(std::size_t at) const { return at >= text_.size(); }
  Read read(std::size_t at) const {
    const int byte = escaped_byte(text_.substr(at));
    return byte < 0 ? Read{text_[at], at + 1} : Read{static_cast<char>(byte), at + 3};
  }
  // A '%' is part of no escape but its own, so that this one is found backwards too.
  char before(std::size_t at) const {
    const int byte = at < 3 ? -1 : escaped_byte(text_.substr(at - 3));
    if (byte >= 0) return static_cast<char>(byte);
    return at == 0 ? '\0' : text_[at - 1];
  }
  // By its last letter, which is rarer in requests than the first.
  std::size_t find_name(std::size_t at) const {
    const std::size_t last = kName.size() - 1;
    while (true) {
      std::size_t found = std::min(text_.find(kName[last], at), text_.size());
      found = std::min(text_.substr(0, found).find(upper(kName[last]), at), found);
      if (found == text_.size()) return found;
      if (found >= last + at && lower(text_[found - 1]) == kName[last - 1]) return found - last;
      at = found + 1;
    }
  }
  std::size_t offset(std::size_t at) const { return at; }

 private:
  const std::string_view text_;
};

// Where the value of a `sig` begins whose name begins at `at`; 0 where none does.
template <class Text>
std::size_t value_behind(const Text& text, std::size_t at) {
  if (is_name_character(lower(text.before(at)))) return 0;
  for (const char letter : kName) {
    if (text.at_end(at)) return 0;
    const Read read = text.read(at);
    if (lower(read.byte) != letter) return 0;
    at = read.next;
  }
  while (!text.at_end(at)) {
    const Read read = text.read(at);
    at = read.next;
    if (read.byte == '=') return at;
    if (!is_filler(read.byte)) return 0;
  }
  return 0;
}

template <class Text>
std::size_t end_of_value(const Text& text, std::size_t at) {
  while (!text.at_end(at)) {
    const Read read = text.read(at);
    if (!is_value_character(read.byte)) break;
    at = read.next;
  }
  return at;
}

// Whether the name, or an escape, is there at all.
bool may_hold_secret(std::string_view text) {
  if (text.find('%') != text.npos) return true;
  const PlainlyEncodedText plain(text);
  return !plain.at_end(plain.find_name(0));
}

template <class Text>
std::string_view redact_in(const Text& decoded, std::string_view text, std::string& memory) {
  std::size_t copied = 0;  // of the text
  for (std::size_t at = decoded.find_name(0); !decoded.at_end(at); at = decoded.find_name(at)) {
    const std::size_t value = value_behind(decoded, at);
    if (value == 0) {
      ++at;
      continue;
    }
    if (copied == 0) memory.clear();
    memory.append(text.substr(copied, decoded.offset(value) - copied)).append(kRedacted);
    at = end_of_value(decoded, value);
    copied = decoded.offset(at);
  }
  if (copied == 0) return text;
  return memory.append(text.substr(copied));
}

}  // namespace

std::string_view redact(std::string_view text, std::string& memory) {
  if (!may_hold_secret(text)) return text;
  if (PlainlyEncodedText::is_one(text)) {
    return redact_in(PlainlyEncodedText(text), text, memory);
  }
  return redact_in(DecodedText(text), text, memory);
}

std::string redact(std::string_view text) {
  std::string memory;
  return std::string(redact(text, memory));
}

std::string redact_foreign_url(std::string_view url) {
  std::string clean;
  const auto scheme = url.find("://");
  if (scheme != url.npos) {
    clean.append(url.substr(0, scheme + 3));
    url.remove_prefix(scheme + 3);
    const std::string_view authority = url.substr(0, url.find_first_of("/?#\\"));
    if (const auto at = authority.rfind('@'); at != authority.npos) url.remove_prefix(at + 1);
  }
  const auto query = url.find_first_of("?#");
  clean.append(url.substr(0, query));
  if (query != url.npos) clean.append("?").append(kRedacted);
  return redact(clean);
}

}  // namespace lapis::gateway
