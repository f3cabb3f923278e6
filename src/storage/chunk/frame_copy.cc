#include "storage/chunk/frame_copy.h"

#include <algorithm>
#include <utility>

#include "storage/chunk/frame_fill.h"

namespace lapis::storage {

Result<void> FrameCopy::take(std::uint64_t at, Bytes piece) {
  if (at == 0) {
    LAPIS_TRY(header_, decode_frame_header(piece));
  }
  check_.add(piece);
  return {};
}

Result<void> FrameCopy::check() {
  FrameFindings found = check_.finish();
  if (found.is_whole()) return {};
  return fail(ErrorCode::kInternalError, std::move(found.seen));
}

void FrameCopy::readdress(const Place& to, std::uint64_t at, MutableBytes piece) {
  if (tail_.empty()) {
    header_.place = to;
    header_.sequence = context_.meta.durable_sequence();
    header_.epoch = context_.epoch;
    encode_frame_header(header_, encoded_);
    tail_.resize(frame_tail_bytes(row_.length, row_.unit_bytes));
    encode_frame_tail(encoded_, row_.unit_crcs, tail_);
  }
  if (at == 0) std::ranges::copy(encoded_, piece.begin());
  fill_frame_tail(tail_, kFrameHeaderBytes + row_.length, at, piece);
}

}  // namespace lapis::storage
