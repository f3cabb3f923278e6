// Writes JSON objects into a string, whatever bytes are in the values.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lapis::gateway {

// Appends `text` as a JSON string with its quotes. Control characters are escaped, bytes that are
// not UTF-8 become U+FFFD: the line stays one line, and one that every parser reads.
void append_json(std::string& out, std::string_view text);

// Appends "{...}" member by member. Keys are the program's own words.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_.push_back('{'); }
  ~JsonObject() { out_.push_back('}'); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  // A text; left out where it is empty.
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin(key);
    append_json(out_, value);
  }
  void number(std::string_view key, std::uint64_t value) {
    begin(key);
    char digits[20];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  // Nanoseconds as milliseconds with three decimals.
  void milliseconds(std::string_view key, std::uint64_t nanoseconds);
  // Begins a member whose value the caller appends.
  std::string& begin(std::string_view key) {
    if (std::exchange(has_members_, true)) out_.push_back(',');
    out_.append("\"").append(key).append("\":");
    return out_;
  }

 private:
  std::string& out_;
  bool has_members_ = false;
};

}  // namespace lapis::gateway
