#include "storage/chunk/chunk_ids.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "lapis/base/crash_point.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

io::Task<Result<ChunkIdRange>> reserve_chunk_ids(const StoreContext& context, std::uint64_t count,
                                                 std::uint64_t at_least) {
  ChunkIdRange range;
  Transaction reserve = [&range, count, at_least](MetaView& view) -> Result<void> {
    LAPIS_TRY(const auto stored, view.get(chunk_range_key()));
    ChunkRangeRow row;
    if (stored) {
      LAPIS_TRY(row, decode_chunk_range_row(*stored));
    }
    range.next = std::max(row.next_id, at_least);
    if (range.next > std::numeric_limits<std::uint64_t>::max() - count) {
      return fail(ErrorCode::kInternalError, "chunk ids are used up");
    }
    range.end = range.next + count;
    row.next_id = range.end;
    view.put(chunk_range_key(), encode(row));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await context.meta.transact(Scope{}, std::move(reserve)));
  crash_point(CrashPoint::kIdsReserved);
  co_return range;
}

io::Task<Result<ChunkId>> ChunkIds::next() {
  while (current_.size() == 0 && ahead_.size() == 0) {
    if (!refilling_) {
      refill_ahead();
      if (!refilling_ && ahead_.size() == 0) {
        co_return fail(ErrorCode::kServerBusy, "chunk store is closing");
      }
    }
    if (refilling_) co_await waiters_.park();
    if (!last_refill_) co_return fail(last_refill_.error());
  }
  if (current_.size() == 0) current_ = std::exchange(ahead_, {});
  const ChunkId id{current_.next++};
  if (current_.size() < kChunkIdRange / 4 && ahead_.size() == 0) refill_ahead();
  co_return id;
}

void ChunkIds::refill_ahead() {
  if (refilling_) return;
  refilling_ = true;
  if (!group_.spawn(refill())) refilling_ = false;
}

io::Task<void> ChunkIds::refill() {
  const auto range = co_await reserve_chunk_ids(context_, kChunkIdRange);
  if (range) {
    ahead_ = *range;
    last_refill_ = {};
  } else {
    last_refill_ = fail(range.error());
  }
  refilling_ = false;
  waiters_.wake_all();
}

}  // namespace lapis::storage
