// Appends XML to a string. Fast enough to write a listing of 5,000 blobs while it is scanned; knows
// no documents, no indentation, no validation of structure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lapis::azure {

// What every document starts with: the byte order mark and the declaration.
inline constexpr std::string_view kXmlPrologue =
    "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>";

// True where XML 1.0 can carry `text` and a parser gives back the same: well-formed UTF-8 without
// control characters, U+FFFE and U+FFFF.
bool xml_can_carry(std::string_view text);

// Appends `text` with &, <, > and quotes escaped. What XML cannot carry becomes '?', but for line
// feeds and tabs.
void append_escaped(std::string& out, std::string_view text);

class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  void raw(std::string_view text) { out_.append(text); }
  void open(std::string_view tag) { out_.append("<").append(tag).append(">"); }
  void close(std::string_view tag) { out_.append("</").append(tag).append(">"); }
  void empty(std::string_view tag) { out_.append("<").append(tag).append(" />"); }
  void attribute(std::string_view name, std::string_view value);  // " name=\"value\""

  // <tag>text</tag>, or <tag /> where there is no text.
  void element(std::string_view tag, std::string_view text);
  void element(std::string_view tag, std::uint64_t number);
  // The same without looking for what must be escaped.
  void plain_element(std::string_view tag, std::string_view text);

  // A name, or a part of one. What XML cannot carry is percent-encoded as a whole and marked
  // Encoded="true", whatever the version: a listing that cannot be read would be worse.
  void name_element(std::string_view tag, std::string_view name);

 private:
  std::string& out_;
};

}  // namespace lapis::azure
