// FrameCopy: one frame on its way to another place, checked while it passes: a copy is either right
// or refused.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lapis/base/result.h"
#include "storage/chunk/frame_check.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Used for one frame, its pieces in order.
class FrameCopy {
 public:
  // `row`: the chunk's; outlives this.
  FrameCopy(ChunkId chunk, const ChunkRow& row, const Place& from, const StoreContext& context)
      : row_(row), context_(context), check_(row, {context.store, chunk, from}) {}

  // `piece` is what was read of the frame at `at`. Errors: kInternalError for a header that is
  // none.
  Result<void> take(std::uint64_t at, Bytes piece);
  // After the last piece. Errors: kInternalError where anything is not as the chunk's row has it.
  Result<void> check();

  // Makes `piece` that of a frame at `to`: header, and what is behind the payload. The header is of
  // the moment of the first call.
  void readdress(const Place& to, std::uint64_t at, MutableBytes piece);

 private:
  const ChunkRow& row_;
  const StoreContext& context_;
  FrameCheck check_;
  FrameHeader header_;  // as read, then as it is written
  std::array<std::byte, kFrameHeaderBytes> encoded_{};
  std::vector<std::byte> tail_;
};

}  // namespace lapis::storage
