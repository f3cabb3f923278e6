// Accounting: how many bytes of each extent rows name, from one scan of the chunk rows as they were
// when the store was opened. What is recorded and released meanwhile counts on top, so that the sum
// is right once the scan has ended.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "lapis/io/task.h"
#include "storage/chunk/chunk_scan.h"
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
  void count(const ChunkScan::Named& named);

  const StoreContext& context_;
  const PathSet& paths_;
  std::optional<ChunkScan> scan_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::storage
