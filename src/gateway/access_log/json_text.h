// Writes JSON objects into a buffer, whatever bytes are in the values.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "gateway/access_log/text_buffer.h"

namespace lapis::gateway {

// Appends `text` as a JSON string with its quotes. Control characters are escaped, bytes that are
// not UTF-8 become U+FFFD: the line stays one line, and one that every parser reads.
void append_json(TextBuffer& out, std::string_view text);

// Appends "{...}" member by member. Keys are the program's own words.
class JsonObject {
 public:
  explicit JsonObject(TextBuffer& out) : out_(out) { out_.append('{'); }
  ~JsonObject() { out_.append('}'); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  // A text; left out where it is empty.
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    append_json(begin(key), value);
  }
  // One of the program's own words, in which nothing is to be escaped.
  void word(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin(key);
    char* at = out_.reserve(value.size() + 2);
    *at++ = '"';
    std::memcpy(at, value.data(), value.size());
    at += value.size();
    *at++ = '"';
    out_.commit(at);
  }
  void number(std::string_view key, std::uint64_t value) { begin(key).append_number(value); }
  // Nanoseconds as milliseconds with three decimals.
  void milliseconds(std::string_view key, std::uint64_t nanoseconds);
  // Begins a member whose value the caller appends.
  TextBuffer& begin(std::string_view key) {
    char* at = out_.reserve(key.size() + 4);
    if (std::exchange(has_members_, true)) *at++ = ',';
    *at++ = '"';
    std::memcpy(at, key.data(), key.size());
    at += key.size();
    *at++ = '"';
    *at++ = ':';
    out_.commit(at);
    return out_;
  }

 private:
  TextBuffer& out_;
  bool has_members_ = false;
};

}  // namespace lapis::gateway
