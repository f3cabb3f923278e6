// The local ChunkStore: extent files in the paths of pools.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/local_meta_store.h"

namespace lapis::storage {

enum class PoolClass : std::uint8_t { kFlash, kHdd };

struct PoolOptions {
  std::string name;
  PoolClass pool_class = PoolClass::kFlash;
  std::vector<std::filesystem::path> paths;
  std::uint64_t extent_bytes = 0;    // 0: by the size of the path, 4 MiB to 1 GiB
  std::uint64_t min_free_bytes = 0;  // kept free on each path; 0: an extent's worth
};

struct ChunkStoreOptions {
  std::vector<PoolOptions> pools;
  std::uint64_t chunk_cache_bytes = 16ull << 20;  // decoded chunk rows, for each shard
  // The operator's word that acknowledged commits may be lost (design: a new epoch begins).
  bool accept_lost_commits = false;
};

struct PathStats {
  std::filesystem::path path;
  std::string pool;
  std::uint64_t extent_bytes = 0;
  std::uint64_t extents_open = 0;
  std::uint64_t extents_sealed = 0;
  std::uint64_t extents_free = 0;
  std::uint64_t live_bytes = 0;  // in frames that rows name; complete once `accounted`
  std::uint64_t dead_bytes = 0;  // of sealed extents: what no row names, gaps included
  std::uint64_t free_bytes = 0;  // of extents that wait to be used again
  std::uint64_t available_bytes = 0;
  std::uint64_t capacity_bytes = 0;  // of the path's file system
  bool accounted = false;
  bool writable = true;
};

class LocalChunkStore : public ChunkStore {
 public:
  // Checks every path's superblock (formats an empty directory), looks for evidence of commits
  // later than the metadata recovered, and starts the accounting of live bytes and the reclaiming
  // of dead extents on `background`. `shards` are all that will call it, by index. Errors: a path
  // that is foreign, in use, of a newer format or not as registered (left untouched); lost commits.
  static Result<std::unique_ptr<LocalChunkStore>> open(const ChunkStoreOptions& options,
                                                       LocalMetaStore& meta, io::FileSystem& files,
                                                       std::vector<io::Shard*> shards,
                                                       io::Shard& background,
                                                       io::BlockingPool& blocking,
                                                       const Clock& clock);
  // Ends background work and closes the files. All writes and reads must have ended.
  virtual void close() = 0;
  // Has the free space looked at again, at most once a second, for the next call to tell.
  virtual std::vector<PathStats> stats() const = 0;
};

}  // namespace lapis::storage
