#include "gateway/access_log/redaction.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lapis::gateway {
namespace {

constexpr std::string_view kRedacted = "REDACTED";
// A name encoded more often than this is decoded by nobody.
constexpr int kMaxDecodings = 8;

// A character as decoded so far, and which bytes of the text it stands for.
struct Glyph {
  char byte;
  std::uint32_t begin;
  std::uint32_t end;
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

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
bool is_value_character(char c) {
  const char l = lower(c);
  if ((l >= 'a' && l <= 'z') || (c >= '0' && c <= '9')) return true;
  constexpr std::string_view kOthers = "+/=-_%~. \t\r\n\\\"'";
  return kOthers.find(c) != kOthers.npos || c == '\0';
}

// Where the value of a `sig` begins whose name begins at `at`; 0 where none does.
std::size_t value_behind(const std::vector<Glyph>& glyphs, std::size_t at) {
  constexpr std::string_view kName = "sig";
  if (at + kName.size() >= glyphs.size()) return 0;
  for (std::size_t i = 0; i < kName.size(); ++i) {
    if (lower(glyphs[at + i].byte) != kName[i]) return 0;
  }
  if (at > 0 && is_name_character(lower(glyphs[at - 1].byte))) return 0;
  std::size_t equals = at + kName.size();
  while (equals < glyphs.size() && is_filler(glyphs[equals].byte)) ++equals;
  return equals < glyphs.size() && glyphs[equals].byte == '=' ? equals + 1 : 0;
}

bool may_hold_secret(std::string_view text) {
  if (text.find('%') != text.npos) return true;
  constexpr std::string_view kName = "sig";
  return std::ranges::search(text, kName, {}, lower).size() != 0;
}

}  // namespace

std::string redact(std::string_view text) {
  if (!may_hold_secret(text)) return std::string(text);
  std::vector<Glyph> glyphs;
  glyphs.reserve(text.size());
  for (std::uint32_t i = 0; i < text.size(); ++i) glyphs.push_back({text[i], i, i + 1});
  for (int i = 0; i < kMaxDecodings && decode_once(glyphs); ++i) {
  }
  std::string clean;
  std::size_t copied = 0;  // of the text
  for (std::size_t at = 0; at < glyphs.size(); ++at) {
    const std::size_t value = value_behind(glyphs, at);
    if (value == 0) continue;
    std::size_t end = value;
    while (end < glyphs.size() && is_value_character(glyphs[end].byte)) ++end;
    clean.append(text.substr(copied, glyphs[value - 1].end - copied)).append(kRedacted);
    copied = glyphs[end - 1].end;
    at = end - 1;
  }
  return clean.append(text.substr(copied));
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
