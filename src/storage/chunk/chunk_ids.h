// ChunkIds: a shard's chunk ids, from ranges reserved durably before use and refilled ahead of
// need.
#pragma once

#include <cstdint>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "lapis/io/task_group.h"
#include "storage/chunk/parking.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

struct ChunkIdRange {
  std::uint64_t next = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - next; }
};

inline constexpr std::uint64_t kChunkIdRange = 1 << 16;

// Reserves `count` ids; durable when it completes. None of them is below `at_least`.
io::Task<Result<ChunkIdRange>> reserve_chunk_ids(const StoreContext& context, std::uint64_t count,
                                                 std::uint64_t at_least = 1);

// Lives on one shard. Refills run in `group`, which lives there too.
class ChunkIds {
 public:
  ChunkIds(const StoreContext& context, io::TaskGroup& group) : context_(context), group_(group) {}
  ChunkIds(const ChunkIds&) = delete;
  ChunkIds& operator=(const ChunkIds&) = delete;

  // A range reserved beforehand; before the first `next`.
  void seed(ChunkIdRange range) { current_ = range; }

  // An id never returned before in the store's life. Waits only where a refill is late. Errors:
  // those of the reservation.
  io::Task<Result<ChunkId>> next();

 private:
  io::Task<void> refill();
  void refill_ahead();

  const StoreContext& context_;
  io::TaskGroup& group_;
  ChunkIdRange current_;
  ChunkIdRange ahead_;
  bool refilling_ = false;
  Result<void> last_refill_;
  Parking waiters_;
};

}  // namespace lapis::storage
