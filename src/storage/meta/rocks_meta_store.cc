#include "storage/meta/rocks_meta_store.h"

#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/log.h"
#include "storage/meta/from_rocksdb.h"
#include "storage/meta/read_row.h"
#include "storage/meta/rocks_options.h"
#include "storage/meta/rocks_snapshot.h"

namespace lapis::storage {

RocksMetaStore::RocksMetaStore(DirectoryLock lock, std::unique_ptr<rocksdb::DB> db,
                               const StoreRows& rows, const MetaStoreOptions& options,
                               io::BlockingPool& blocking)
    : lock_(std::move(lock)),
      db_(std::move(db)),
      disk_{options.directory, options.capacity_bytes, options.min_free_bytes},
      uuid_(rows.uuid),
      epoch_(rows.epoch),
      blocking_(blocking),
      committer_(std::make_unique<Committer>(*db_, versions_, first_rows_, options, rows.commit)) {}

RocksMetaStore::~RocksMetaStore() {
  const bool has_failed = committer_->has_failed();
  committer_.reset();
  LAPIS_CHECK(open_snapshots_.load(std::memory_order_acquire) == 0);
  // Everything acknowledged is in the log already; a flush only spares the next start its replay.
  if (!has_failed) {
    const rocksdb::Status flushed = db_->Flush(rocksdb::FlushOptions());
    if (!flushed.ok()) log_warn("meta", "flush at close", {{"reason", flushed.ToString()}});
  }
  const rocksdb::Status closed = db_->Close();
  if (!closed.ok()) log_warn("meta", "close", {{"reason", closed.ToString()}});
}

std::optional<Result<std::optional<std::string>>> RocksMetaStore::try_get(std::string_view key) {
  return read_row_from_memory(*db_, key);
}

io::Task<Result<std::optional<std::string>>> RocksMetaStore::get(std::string key) {
  if (auto known = try_get(key)) co_return *std::move(known);
  pool_reads_.fetch_add(1, std::memory_order_relaxed);
  const auto read = [this, &key] { return read_row(*db_, disk_read(), key); };
  co_return co_await blocking_.run(read);
}

std::unique_ptr<MetaSnapshot> RocksMetaStore::snapshot() {
  return std::make_unique<RocksSnapshot>(*db_, first_rows_, open_snapshots_);
}

io::Task<Result<void>> RocksMetaStore::transact(Scope, Transaction fn) {
  return committer_->transact(std::move(fn));
}

Result<void> RocksMetaStore::start_new_epoch() {
  LAPIS_CHECK(committer_->transactions() == 0);
  const std::uint64_t next = epoch() + 1;
  rocksdb::WriteBatch batch;
  put_epoch(batch, next);
  const rocksdb::Status written = db_->Write(durable_write(), &batch);
  if (!written.ok()) return fail(from_rocksdb(written, "start a new epoch"));
  epoch_.store(next, std::memory_order_relaxed);
  return {};
}

MetaStoreStats RocksMetaStore::stats() const {
  MetaStoreStats stats;
  committer_->add_to(stats);
  stats.pool_reads = pool_reads_.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace lapis::storage
