#include "storage/chunk/frame_walk.h"

#include <algorithm>

namespace lapis::storage {

io::Task<Result<std::optional<FrameHeader>>> FrameWalk::next() {
  while (true) {
    LAPIS_CO_TRY(const bool more, co_await has_block());
    if (!more) co_return std::optional<FrameHeader>{};
    const std::optional<FrameHeader> header = header_here();
    if (header) {
      at_ += frame_bytes(header->payload_length, header->unit_bytes);
      co_return header;
    }
    at_ += kFrameAlignment;
  }
}

// Has the 4 KiB at `at_` in the window; false where the extent ends.
io::Task<Result<bool>> FrameWalk::has_block() {
  if (at_ + kFrameAlignment > expected_.bytes) co_return false;
  if (at_ >= window_at_ && at_ + kFrameAlignment <= window_at_ + window_bytes_) co_return true;
  const MutableBytes into =
      buffer_.bytes().first(std::min<std::uint64_t>(buffer_.size(), expected_.bytes - at_));
  window_bytes_ = 0;
  LAPIS_CO_TRY(const std::size_t count, co_await file_.read_at(at_, into));
  window_at_ = at_;
  window_bytes_ = count;
  co_return count >= kFrameAlignment;
}

std::optional<FrameHeader> FrameWalk::header_here() const {
  const Bytes block = buffer_.bytes().subspan(at_ - window_at_, kFrameAlignment);
  const auto header = decode_frame_header(block);
  if (!header) return std::nullopt;
  const Place here{expected_.path, expected_.extent, expected_.generation, at_};
  if (header->store != expected_.store || header->place != here) return std::nullopt;
  if (at_ + frame_bytes(header->payload_length, header->unit_bytes) > expected_.bytes) {
    return std::nullopt;
  }
  return *header;
}

}  // namespace lapis::storage
