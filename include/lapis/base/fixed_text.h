// FixedText: a short text of bounded length that needs no memory of its own. For what is formatted
// on every request: dates, GUIDs, entity tags.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "lapis/base/check.h"

namespace lapis {

template <std::size_t kCapacity>
class FixedText {
 public:
  operator std::string_view() const { return {chars_.data(), size_}; }
  std::string_view view() const { return *this; }
  std::size_t size() const { return size_; }
  char& operator[](std::size_t i) { return chars_[i]; }

  FixedText& append(std::string_view text) {
    LAPIS_CHECK(text.size() <= kCapacity - size_);
    text.copy(chars_.data() + size_, text.size());
    size_ += text.size();
    return *this;
  }
  void push_back(char c) {
    LAPIS_CHECK(size_ < kCapacity);
    chars_[size_++] = c;
  }
  // What is new is for the caller to fill.
  void resize(std::size_t size) {
    LAPIS_CHECK(size <= kCapacity);
    size_ = size;
  }

 private:
  std::array<char, kCapacity> chars_;
  std::size_t size_ = 0;
};

}  // namespace lapis
