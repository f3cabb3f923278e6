// Accounting: how many bytes of each extent rows name, from one scan of the chunk rows as they were
// when the store was opened. What is recorded and released meanwhile counts on top, so that the sum
// is right once the scan has ended.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "lapis/io/task.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the background shard.
class Accounting {
 public:
  // `snapshot` was taken before the first write or release.
  Accounting(const StoreContext& context, const PathSet& paths,
             std::unique_ptr<MetaSnapshot> snapshot);

  // True when every row has been counted; false where the metadata could not be read to the end or
  // `stop` was called.
  io::Task<bool> run();
  void stop() { stopping_.store(true); }

 private:
  struct Named {
    ChunkId chunk;
    Place place;
    std::int64_t frame_bytes = 0;
  };
  struct Batch {
    std::vector<Named> named;
    bool is_last = false;
  };

  Result<Batch> read_batch();
  void count(const Named& named);

  const StoreContext& context_;
  const PathSet& paths_;
  std::unique_ptr<MetaSnapshot> snapshot_;
  std::unique_ptr<MetaCursor> cursor_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::storage
