// Demotion: which chunks of a pool go down next, and how many.
#pragma once

#include <cstdint>
#include <vector>

#include "lapis/io/task.h"
#include "lapis/storage/local_chunk_store.h"
#include "tier/pool_usage.h"

namespace lapis::tier {

struct Watermarks {
  std::uint64_t high_bytes = 0;  // new bytes go elsewhere
  // Chunks begin to go down: a quarter of the way below it, and six extents a path at least: a
  // path takes no new bytes from four extents below it on.
  std::uint64_t start_bytes = 0;
  std::uint64_t low_bytes = 0;
};

Watermarks watermarks_of(const PoolUsage& usage, double high, double low);

// Whether chunks go down, and how many bytes of them. Begins near the high watermark, ends below
// the low one: what is used counts for the beginning, what lives for the end, because what died
// comes back by reclaiming and compaction without moving anything down.
struct DemotionNeed {
  bool demoting = false;
  std::uint64_t left_bytes = 0;
};
DemotionNeed demotion_need(const PoolUsage& usage, const Watermarks& marks, bool was_demoting);

// The coldest of all paths of the pool, merged: those that were asked down first, then by hour.
// Costs what it yields. Errors: those of reading the index.
io::Task<Result<std::vector<storage::ColdChunk>>> coldest_of(storage::LocalChunkStore& chunks,
                                                             const PoolUsage& usage,
                                                             std::size_t limit);

}  // namespace lapis::tier
