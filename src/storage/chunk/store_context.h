// What the parts of the local ChunkStore share: references to what the store was opened with, and
// who the store is. Outlives all of them.
#pragma once

#include <cstdint>

#include "lapis/base/clock.h"
#include "lapis/base/random.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

struct StoreContext {
  MetaStore& meta;
  io::FileSystem& files;
  io::BlockingPool& blocking;
  io::Shard& background;
  const Clock& clock;
  Guid store;
  std::uint64_t epoch = 0;
  std::size_t slots = 0;    // one for each shard that may call, and the background shard's
  Sequence recovered = {};  // the last commit that the metadata knew when the store was opened
};

}  // namespace lapis::storage
