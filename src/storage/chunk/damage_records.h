// DamageRecords: which chunks are known to be damaged, as rows of table kDamage, and how many.
#pragma once

#include <atomic>
#include <cstdint>

#include "lapis/io/task.h"
#include "storage/chunk/scrub_rows.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Thread-safe, `record`, `clear` and `sweep` apart: those live on the background shard.
class DamageRecords {
 public:
  explicit DamageRecords(const StoreContext& context) : context_(context) {}

  // While opening: how many rows there are. Blocks.
  Result<void> count(MetaSnapshot& snapshot);

  // Durable when it completes; what was first found, when and by whom, stays. False where the chunk
  // does not lie at `row.place` any more: then there is nothing to record.
  io::Task<Result<bool>> record(ChunkId chunk, DamageRow row);
  // The chunk's frame at `place` has been verified: a record of damage there goes.
  io::Task<Result<void>> clear(ChunkId chunk, Place place);

  // Rows whose chunks are gone, released by a program that knew of no damage, go.
  io::Task<Result<void>> sweep();

  // False: no chunk has a row, and no transaction that runs may write one before yours.
  bool may_exist() const { return rows_.load() != 0; }
  // Rows that are gone with their chunks.
  void forget(std::uint64_t rows) { rows_.fetch_sub(rows); }
  std::uint64_t size() const { return rows_.load(); }

 private:
  const StoreContext& context_;
  std::atomic<std::uint64_t> rows_ = 0;  // and those that are being written
};

}  // namespace lapis::storage
