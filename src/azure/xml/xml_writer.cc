#include "azure/xml/xml_writer.h"

#include <array>
#include <charconv>

#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kReplacement = "?";

std::string_view escape(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

// U+FFFE and U+FFFF are EF BF BE and EF BF BF.
bool starts_noncharacter(std::string_view text) {
  return text.size() >= 3 && text[0] == '\xEF' && text[1] == '\xBF' &&
         (text[2] == '\xBE' || text[2] == '\xBF');
}

void append_valid(std::string& out, std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string_view instead = escape(c);
    std::size_t length = 1;
    if (is_control(c) && c != '\n' && c != '\t') {
      instead = kReplacement;
    } else if (c == '\xEF' && starts_noncharacter(text.substr(i))) {
      instead = kReplacement;
      length = 3;
    }
    if (instead.empty()) continue;
    out.append(text.substr(done, i - done)).append(instead);
    i += length - 1;
    done = i + 1;
  }
  out.append(text.substr(done));
}

}  // namespace

bool xml_can_carry(std::string_view text) {
  bool high = false;
  for (const char c : text) {
    if (is_control(c)) return false;
    high = high || static_cast<unsigned char>(c) >= 0x80;
  }
  if (!high) return true;
  if (!is_utf8(text)) return false;
  for (auto at = text.find('\xEF'); at != text.npos; at = text.find('\xEF', at + 1)) {
    if (starts_noncharacter(text.substr(at))) return false;
  }
  return true;
}

void append_escaped(std::string& out, std::string_view text) {
  if (is_utf8(text)) return append_valid(out, text);
  for (const char c : text) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    append_valid(out, ascii ? std::string_view(&c, 1) : kReplacement);
  }
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
  out_.append(" ").append(name).append("=\"");
  append_escaped(out_, value);
  out_.push_back('"');
}

void XmlWriter::element(std::string_view tag, std::string_view text) {
  if (text.empty()) return empty(tag);
  open(tag);
  append_escaped(out_, text);
  close(tag);
}

void XmlWriter::element(std::string_view tag, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  plain_element(tag, {digits.data(), end});
}

void XmlWriter::plain_element(std::string_view tag, std::string_view text) {
  open(tag);
  out_.append(text);
  close(tag);
}

void XmlWriter::name_element(std::string_view tag, std::string_view name) {
  if (xml_can_carry(name)) return element(tag, name);
  out_.append("<").append(tag).append(" Encoded=\"true\">");
  out_.append(percent_encode(name));
  close(tag);
}

}  // namespace lapis::azure
