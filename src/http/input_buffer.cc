#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace lapis::http {

InputBuffer::InputBuffer(std::size_t limit)
    : limit_(limit),
      capacity_(std::min(limit, kInitialBytes)),
      memory_(std::make_unique_for_overwrite<char[]>(capacity_)) {}

void InputBuffer::resize(std::size_t capacity) {
  auto memory = std::make_unique_for_overwrite<char[]>(capacity);
  const std::size_t held = end_ - begin_;
  if (held != 0) std::memcpy(memory.get(), memory_.get() + begin_, held);
  memory_ = std::move(memory);
  capacity_ = capacity;
  begin_ = 0;
  end_ = held;
}

MutableBytes InputBuffer::space() {
  if (empty()) {
    begin_ = end_ = 0;
    if (capacity_ > kInitialBytes) resize(kInitialBytes);
  } else if (end_ == capacity_ && begin_ != 0) {
    std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  } else if (end_ == capacity_ && capacity_ < limit_) {
    resize(std::min(limit_, capacity_ * 2));
  }
  return std::as_writable_bytes(std::span(memory_.get() + end_, capacity_ - end_));
}

std::size_t InputBuffer::take(MutableBytes into) {
  const std::size_t n = std::min(into.size(), end_ - begin_);
  if (n != 0) std::memcpy(into.data(), memory_.get() + begin_, n);
  consume(n);
  return n;
}

}  // namespace lapis::http
