// ChunkScan: where every chunk lies, from one scan of the chunk rows as they were at one moment, in
// batches that are read on the blocking pool.
#pragma once

#include <memory>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on one shard.
class ChunkScan {
 public:
  struct Named {
    ChunkId chunk;
    Place place;
    std::int64_t frame_bytes = 0;
  };
  struct Batch {
    std::vector<Named> named;
    bool is_last = false;
  };

  ChunkScan(const StoreContext& context, std::unique_ptr<MetaSnapshot> snapshot)
      : context_(context), snapshot_(std::move(snapshot)) {}

  // The next rows. Errors: kServerBusy, to be tried again; what else the metadata fails with.
  io::Task<Result<Batch>> next();

 private:
  Result<Batch> read_batch();

  const StoreContext& context_;
  std::unique_ptr<MetaSnapshot> snapshot_;
  std::unique_ptr<MetaCursor> cursor_;
};

}  // namespace lapis::storage
