// The local MetaStore: RocksDB in one directory, with one committer thread that groups transactions
// and syncs each group once.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "lapis/base/cycles.h"
#include "lapis/base/metrics.h"
#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

struct MetaStoreOptions {
  std::filesystem::path directory;
  std::uint64_t block_cache_bytes = 64ull << 20;
  std::uint64_t write_buffer_bytes = 32ull << 20;
  std::size_t max_pending = 16'384;  // transactions that may wait; more get kServerBusy
  // Writes are refused with kInsufficientStorage while less than this is free on the directory's
  // file system; they resume by themselves.
  std::uint64_t min_free_bytes = 64ull << 20;
  // What `space` tells as the store's size; 0: its files, and what is available beside them.
  std::uint64_t capacity_bytes = 0;
  CycleScale cycles;  // for measuring syncs
};

// What the store knows of its own work; for budgets and metrics.
struct MetaStoreStats {
  std::uint64_t transactions = 0;
  std::uint64_t groups = 0;  // one synced batch each
  std::uint64_t pool_reads = 0;
  std::uint64_t waiting = 0;      // transactions that the committer has not taken yet
  HistogramSnapshot group_sizes;  // transactions of a synced batch
  HistogramSnapshot write_times;  // nanoseconds until a batch was written and synced
  bool writable = true;           // false: a write has failed, and every later one will
};

// What RocksDB says of itself.
struct MetaEngineStats {
  std::uint64_t estimated_keys = 0;
  std::uint64_t memtable_bytes = 0;
  std::uint64_t table_bytes = 0;  // of live table files
  std::uint64_t log_bytes = 0;    // of write-ahead logs
  std::uint64_t pending_compaction_bytes = 0;
  std::uint64_t running_compactions = 0;
  std::uint64_t running_flushes = 0;
  std::uint64_t stalled = 0;  // 1 while writes are stopped
  std::uint64_t background_errors = 0;
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t block_cache_capacity = 0;
  std::uint64_t block_cache_hits = 0;
  std::uint64_t block_cache_misses = 0;
};

// What the store may take of its disk, and what its files take of that: tables and logs in use.
struct MetaSpace {
  std::uint64_t size_bytes = 0;
  std::uint64_t used_bytes = 0;
};

// Rows of [first, last) whose tables are to be rewritten.
struct RewrittenRows {
  std::string first{};
  std::string last{};
  // The engine's number for what was written before the first attempt, and is what the rewriting is
  // for; 0 before it. One that has to be made again keeps it, unless more was erased meanwhile.
  std::uint64_t written_before = 0;
};

class LocalMetaStore : public MetaStore {
 public:
  // Opens the store, creating it where the directory is empty or absent. Errors (kInternalError,
  // the reason in `detail`): corrupt, foreign, in use by another process, written by a newer
  // format; the directory is then left untouched.
  static Result<std::unique_ptr<LocalMetaStore>> open(const MetaStoreOptions& options,
                                                      io::BlockingPool& blocking);
  // Which store this is; written into every path's superblock so that a foreign one is noticed.
  virtual Guid uuid() const = 0;
  // Grows when an operator accepts a loss or restores a backup: evidence of later commits from an
  // earlier epoch no longer counts.
  virtual std::uint64_t epoch() const = 0;
  virtual Result<void> start_new_epoch() = 0;  // blocks; before the first transaction only
  virtual MetaStoreStats stats() const = 0;
  // Whether more than min_free_bytes is left, so that every write is taken. One system call.
  virtual bool has_room() const = 0;
  // Blocks on the engine's locks, and on a disk; as the next.
  virtual MetaEngineStats engine_stats() const = 0;
  // Errors: what the file system says.
  virtual Result<MetaSpace> space() const = 0;
  // Rewrites tables that hold the rows: what was erased or written over in them leaves the disk.
  // Blocks, and ends early once `stopping` is set. Errors: kInsufficientStorage, no room for new
  // tables beside the old; kServerBusy, a snapshot from before is open, so that what it reads would
  // stay and nothing was rewritten.
  virtual Result<void> compact(RewrittenRows& rows, std::atomic<bool>& stopping) = 0;
};

}  // namespace lapis::storage
