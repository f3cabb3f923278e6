#include "storage/chunk/frame_copy.h"

#include <algorithm>
#include <string>

#include "storage/chunk/frame_fill.h"

namespace lapis::storage {

Result<void> FrameCopy::take(std::uint64_t at, Bytes piece) {
  if (at == 0) {
    LAPIS_TRY(header_, decode_frame_header(piece));
    if (header_.chunk != chunk_ || header_.place != from_ ||
        header_.payload_length != row_.length || header_.unit_bytes != row_.unit_bytes) {
      return fail(ErrorCode::kInternalError, "another frame lies there");
    }
  }
  const std::uint64_t begin = std::max<std::uint64_t>(at, kFrameHeaderBytes);
  const std::uint64_t end = std::min(at + piece.size(), kFrameHeaderBytes + row_.length);
  if (begin < end) sums_.add(piece.subspan(begin - at, end - begin));
  return {};
}

Result<void> FrameCopy::check() {
  const std::vector<std::uint64_t>& units = sums_.finish();
  const auto [found, wanted] = std::ranges::mismatch(units, row_.unit_crcs);
  if (found == units.end() && wanted == row_.unit_crcs.end()) return {};
  return fail(ErrorCode::kInternalError,
              "checksum of unit " + std::to_string(wanted - row_.unit_crcs.begin()));
}

void FrameCopy::readdress(const StoreContext& context, const Place& to, std::uint64_t at,
                          MutableBytes piece) {
  if (tail_.empty()) {
    header_.place = to;
    header_.sequence = context.meta.durable_sequence();
    header_.epoch = context.epoch;
    encode_frame_header(header_, encoded_);
    tail_.resize(frame_tail_bytes(row_.length, row_.unit_bytes));
    encode_frame_tail(encoded_, row_.unit_crcs, tail_);
  }
  if (at == 0) std::ranges::copy(encoded_, piece.begin());
  fill_frame_tail(tail_, kFrameHeaderBytes + row_.length, at, piece);
}

}  // namespace lapis::storage
