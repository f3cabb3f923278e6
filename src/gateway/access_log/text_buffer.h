// TextBuffer: where the lines of the access log are put together. A string that may be written to
// through a bare pointer once there is room, so that a member of a line costs a copy and no more.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace lapis::gateway {

class TextBuffer {
 public:
  std::string_view view() const { return {memory_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

  // A place for `most` more bytes; `commit` says where they end.
  char* reserve(std::size_t most) {
    if (capacity_ - size_ < most) grow(most);
    return memory_.get() + size_;
  }
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - memory_.get()); }

  void append(char c) {
    *reserve(1) = c;
    ++size_;
  }
  void append(std::string_view text) {
    char* const place = reserve(text.size());
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    size_ += text.size();
  }
  void append_number(std::uint64_t number) {
    constexpr std::size_t kDigits = 20;
    char* const place = reserve(kDigits);
    commit(std::to_chars(place, place + kDigits, number).ptr);
  }

 private:
  void grow(std::size_t most) {
    const std::size_t capacity = std::max(2 * capacity_, size_ + most);
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
    memory_ = std::move(memory);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace lapis::gateway
