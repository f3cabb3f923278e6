// FrameCopy: one frame on its way to another place: everything that its payload is checked by is
// there before a byte of it is read, so that a copy is either right or refused.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lapis/base/result.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/store_context.h"
#include "storage/chunk/unit_sums.h"

namespace lapis::storage {

// Used for one frame, its pieces in order.
class FrameCopy {
 public:
  // `row`: the chunk's; outlives this.
  FrameCopy(ChunkId chunk, const ChunkRow& row, Place from)
      : chunk_(chunk), row_(row), from_(from), sums_(row.unit_bytes) {}

  // `piece` is what was read of the frame at `at`. Its payload is taken into the checksums; where
  // `at` is 0 the header is looked at. Errors: kInternalError where it is another frame's.
  Result<void> take(std::uint64_t at, Bytes piece);
  // After the last piece. Errors: kInternalError where a unit's checksum is not the row's.
  Result<void> check();

  // Makes `piece` that of a frame at `to`: header, and what is behind the payload. The header is of
  // the moment of the first call.
  void readdress(const StoreContext& context, const Place& to, std::uint64_t at,
                 MutableBytes piece);

 private:
  const ChunkId chunk_;
  const ChunkRow& row_;
  const Place from_;
  UnitSums sums_;
  FrameHeader header_;
  std::array<std::byte, kFrameHeaderBytes> encoded_{};
  std::vector<std::byte> tail_;
};

}  // namespace lapis::storage
