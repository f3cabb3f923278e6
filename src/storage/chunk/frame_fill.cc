#include "storage/chunk/frame_fill.h"

#include <algorithm>

namespace lapis::storage {

void fill_frame_tail(Bytes tail, std::uint64_t tail_at, std::uint64_t from, MutableBytes into) {
  const std::uint64_t end = from + into.size();
  const std::uint64_t zeros_at = tail_at + tail.size();
  const std::uint64_t begin = std::max(from, tail_at);
  if (begin < std::min(end, zeros_at)) {
    const Bytes part = tail.subspan(begin - tail_at, std::min(end, zeros_at) - begin);
    std::ranges::copy(part, into.begin() + static_cast<std::ptrdiff_t>(begin - from));
  }
  if (end > zeros_at) {
    std::ranges::fill(into.subspan(std::max(from, zeros_at) - from), std::byte{0});
  }
}

}  // namespace lapis::storage
