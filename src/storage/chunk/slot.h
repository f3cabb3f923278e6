// Slot: what the store keeps for one shard. Nothing in it is touched by another thread.
#pragma once

#include "lapis/io/shard.h"
#include "lapis/io/task_group.h"
#include "lapis/storage/decoded_cache.h"
#include "storage/chunk/chunk_ids.h"
#include "storage/chunk/disk_times.h"
#include "storage/chunk/open_extents.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/suspects.h"
#include "storage/chunk/uses.h"

namespace lapis::storage {

struct Slot {
  Slot(const StoreContext& context, PathSet& paths, Suspects& suspected, io::Shard& home,
       SlotIndex slot_index, std::uint64_t cache_bytes)
      : shard(home),
        index(slot_index),
        suspects(suspected),
        rows(context.meta, cache_bytes),
        ids(context, tasks),
        open(paths, slot_index) {}

  io::Shard& shard;
  const SlotIndex index;
  Suspects& suspects;   // every slot's
  io::TaskGroup tasks;  // refills and reads ahead
  DecodedCache<ChunkRow> rows;
  ChunkIds ids;
  OpenExtents open;
  Uses uses;
  DiskTimes times;
};

}  // namespace lapis::storage
