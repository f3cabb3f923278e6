// Reclaimer: finds extents in which nothing lives and makes them free again.
//
// I3: counters and pins only name the candidates. Before an extent is recycled its frames are
// walked, and no chunk row may name one of them; the row `free` with the next generation is durable
// before the space is written to again.
#pragma once

#include <atomic>
#include <functional>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/frame.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the background shard.
class Reclaimer {
 public:
  Reclaimer(const StoreContext& context, PathSet& paths) : context_(context), paths_(paths) {}

  // Records what was sealed or failed since, then recycles what is dead. One at a time.
  io::Task<void> pass();

  // The live counters are complete: from here on extents may be recycled.
  void set_accounted() { accounted_.store(true); }
  bool is_accounted() const { return accounted_.load(); }
  // `pass` only records from here on.
  void stop() { stopping_.store(true); }

 private:
  io::Task<void> record_state(Extent& extent);
  io::Task<void> recycle(PoolPath& path, Extent& extent);
  io::Task<Result<bool>> is_unnamed(Extent& extent);
  io::Task<Result<bool>> is_named(const FrameHeader& frame);

  const StoreContext& context_;
  PathSet& paths_;
  std::atomic<bool> accounted_ = false;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::storage
