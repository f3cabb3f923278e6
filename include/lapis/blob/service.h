// Service: what every operation works on. One object a shard, made by main; operations are free
// functions over it (lapis/blob/ops/), awaited on that shard.
#pragma once

#include <memory>

#include "lapis/base/clock.h"
#include "lapis/blob/types.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

class RecordCache;  // decoded container, blob and segment rows of this shard
                    // (src/blob/record_cache.h)

class Service {
 public:
  Service(storage::MetaStore& meta, storage::ChunkStore& chunks, io::BlockingPool& blocking,
          const Clock& clock, Limits limits, std::uint64_t record_cache_bytes);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  storage::MetaStore& meta;
  storage::ChunkStore& chunks;
  io::BlockingPool& blocking;
  const Clock& clock;
  const Limits limits;
  const std::unique_ptr<RecordCache> cache;
};

}  // namespace lapis::blob
