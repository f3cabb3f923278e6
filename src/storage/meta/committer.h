// Committer: the one thread that runs transactions. It takes all that wait as a group, commits it,
// and starts the next, which has gathered meanwhile.
//
// After a failed write RocksDB can't be trusted to go on (7.8 refuses every later write, and its
// Resume fails): the committer then refuses everything until a restart. What the failed batch held
// may or may not be there afterwards; nobody was told that it is.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>

#include "lapis/io/task.h"
#include "lapis/storage/local_meta_store.h"
#include "storage/meta/commit_group.h"
#include "storage/meta/first_rows.h"
#include "storage/meta/pending_queue.h"
#include "storage/meta/version_stripes.h"

namespace lapis::storage {

// Thread-safe.
class Committer {
 public:
  // Starts the thread. `recovered`: where the database stands.
  Committer(rocksdb::DB& db, VersionStripes& versions, FirstRows& first_rows,
            const MetaStoreOptions& options, CommitPoint recovered);
  ~Committer();  // refuses more, commits what waits, ends the thread
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // As MetaStore::transact.
  io::Task<Result<void>> transact(Transaction fn);

  std::uint64_t durable_sequence() const { return durable_.load(std::memory_order_acquire); }
  std::uint64_t transactions() const { return transactions_.load(std::memory_order_relaxed); }
  std::uint64_t groups() const { return groups_.load(std::memory_order_relaxed); }
  bool has_room() const { return measure_room(directory_, min_free_bytes_) == Room::kForAll; }
  // Of its work so far.
  void add_to(MetaStoreStats& stats) const;
  bool has_failed() const { return failed_.load(std::memory_order_acquire); }

 private:
  class Turn;

  void commit_until_closed();
  void commit_group_of(Pending& first);
  Result<void> make_durable(CommitGroup& group);

  rocksdb::DB& db_;
  VersionStripes& versions_;
  FirstRows& first_rows_;
  const std::filesystem::path directory_;
  const std::uint64_t min_free_bytes_;
  const CycleScale cycles_;
  PendingQueue queue_;
  CommitPoint point_;  // the committer's thread only
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::uint64_t> transactions_ = 0;
  std::atomic<std::uint64_t> groups_ = 0;
  BatchHistogram group_sizes_;
  LatencyHistogram write_times_;
  std::atomic<bool> failed_ = false;
  std::thread thread_;
};

}  // namespace lapis::storage
