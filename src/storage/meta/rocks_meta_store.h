// RocksMetaStore: the local MetaStore over an open database.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <memory>

#include "lapis/storage/local_meta_store.h"
#include "storage/meta/committer.h"
#include "storage/meta/directory_lock.h"
#include "storage/meta/engine_stats.h"
#include "storage/meta/first_rows.h"
#include "storage/meta/space.h"
#include "storage/meta/store_rows.h"
#include "storage/meta/version_stripes.h"

namespace lapis::storage {

// Thread-safe. Destroyed after every snapshot and every unfinished read; transactions that wait are
// committed first.
class RocksMetaStore final : public LocalMetaStore {
 public:
  RocksMetaStore(DirectoryLock lock, std::unique_ptr<rocksdb::DB> db, const StoreRows& rows,
                 const MetaStoreOptions& options, io::BlockingPool& blocking);
  ~RocksMetaStore() override;
  RocksMetaStore(const RocksMetaStore&) = delete;
  RocksMetaStore& operator=(const RocksMetaStore&) = delete;

  std::optional<Result<std::optional<std::string>>> try_get(std::string_view key) override;
  io::Task<Result<std::optional<std::string>>> get(std::string key) override;
  std::unique_ptr<MetaSnapshot> snapshot() override;
  io::Task<Result<void>> transact(Scope scope, Transaction fn) override;
  std::uint64_t version_of(std::string_view key) const override { return versions_.read(key); }
  Sequence durable_sequence() const override { return Sequence{committer_->durable_sequence()}; }

  Guid uuid() const override { return uuid_; }
  std::uint64_t epoch() const override { return epoch_.load(std::memory_order_relaxed); }
  Result<void> start_new_epoch() override;
  MetaStoreStats stats() const override;
  bool has_room() const override { return committer_->has_room(); }
  MetaEngineStats engine_stats() const override { return read_engine_stats(*db_); }
  Result<MetaSpace> space() const override { return measure_space(*db_, disk_); }
  Result<void> compact(RewrittenRows& rows, std::atomic<bool>& stopping) override {
    return compact_rows(*db_, disk_, rows, stopping);
  }

 private:
  DirectoryLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
  const MetaDisk disk_;
  const Guid uuid_;
  std::atomic<std::uint64_t> epoch_;
  io::BlockingPool& blocking_;
  VersionStripes versions_;
  FirstRows first_rows_;
  std::atomic<std::uint64_t> pool_reads_ = 0;
  std::atomic<std::uint64_t> open_snapshots_ = 0;
  std::unique_ptr<Committer> committer_;  // ended first: it uses what stands above
};

}  // namespace lapis::storage
