// What a connection has received and not yet used: heads, and the beginnings of bodies.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "lapis/base/bytes.h"

namespace lapis::http {

// Starts with kInitialBytes, grows by doubling up to `limit`, and falls back to the beginning size
// when it runs empty: an idle connection keeps no more than that.
class InputBuffer {
 public:
  // Holds nearly every Azure request's head, and with it the whole body of a small one, so that a
  // 4 KiB upload is one read.
  static constexpr std::size_t kInitialBytes = 8 * 1024;

  explicit InputBuffer(std::size_t limit);

  std::string_view text() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  // Room behind the bytes, for a read; empty only where `limit` bytes are held. Views of `text`
  // end.
  MutableBytes space();
  // `n` bytes of the space have been filled.
  void filled(std::size_t n) { end_ += n; }
  // The first `n` bytes are used up. Their memory stays as it is until the next call of `space`.
  void consume(std::size_t n) { begin_ += n; }
  // Moves up to `into.size()` bytes out; returns how many.
  std::size_t take(MutableBytes into);

 private:
  void resize(std::size_t capacity);

  std::size_t limit_;
  std::size_t capacity_;
  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace lapis::http
