#include "lapis/storage/read_only_meta_store.h"

#include <rocksdb/db.h>

#include <atomic>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/log.h"
#include "lapis/io/file.h"
#include "lapis/storage/local_meta_store.h"
#include "storage/meta/directory_lock.h"
#include "storage/meta/from_rocksdb.h"
#include "storage/meta/log_tail.h"
#include "storage/meta/meta_superblock.h"
#include "storage/meta/rocks_options.h"
#include "storage/meta/rocks_snapshot.h"
#include "storage/meta/store_rows.h"

namespace lapis::storage {
namespace {

std::unexpected<Error> refuse(const std::filesystem::path& directory, const std::string& why) {
  return fail(ErrorCode::kInternalError, directory.string() + " " + why);
}

class OwnReadOnlyMetaStore final : public ReadOnlyMetaStore {
 public:
  OwnReadOnlyMetaStore(DirectoryLock lock, std::unique_ptr<rocksdb::DB> db, const StoreRows& rows)
      : lock_(std::move(lock)), db_(std::move(db)), rows_(rows) {}
  ~OwnReadOnlyMetaStore() override {
    LAPIS_CHECK(open_snapshots_.load(std::memory_order_acquire) == 0);
    const rocksdb::Status closed = db_->Close();
    if (!closed.ok()) log_warn("meta", "close", {{"reason", closed.ToString()}});
  }

  Guid uuid() const override { return rows_.uuid; }
  std::uint64_t epoch() const override { return rows_.epoch; }
  Sequence last_commit() const override { return Sequence{rows_.commit.sequence}; }
  std::unique_ptr<MetaSnapshot> snapshot() override {
    return std::make_unique<RocksSnapshot>(*db_, first_rows_, open_snapshots_);
  }

 private:
  DirectoryLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
  const StoreRows rows_;
  FirstRows first_rows_;
  std::atomic<std::uint64_t> open_snapshots_ = 0;
};

Result<std::unique_ptr<rocksdb::DB>> open_database(const std::filesystem::path& path) {
  MetaStoreOptions options;
  rocksdb::Options rocks = rocks_options(options, rocksdb::Env::Default());
  // It would take away what a crash left.
  rocks.sst_file_manager.reset();
  rocksdb::DB* db = nullptr;
  const auto opened = rocksdb::DB::OpenForReadOnly(rocks, path.string(), &db);
  std::unique_ptr<rocksdb::DB> owned(db);
  if (!opened.ok()) return fail(from_rocksdb(opened, "open the metadata in " + path.string()));
  return owned;
}

}  // namespace

Result<std::unique_ptr<ReadOnlyMetaStore>> ReadOnlyMetaStore::open(
    const std::filesystem::path& directory) {
  const std::unique_ptr<io::FileSystem> files = io::make_uring_file_system();
  const std::filesystem::path name = directory / MetaSuperblock::kFileName;
  LAPIS_TRY(const bool exists, files->exists(name));
  if (!exists) return refuse(directory, "holds no metadata of Lapis");
  // Before the lock, whose file would be made: a finished store has it.
  LAPIS_TRY(const bool was_open, files->exists(directory / DirectoryLock::kFileName));
  if (!was_open) return refuse(directory, "has never been opened: its lock file is missing");
  LAPIS_TRY(DirectoryLock lock, DirectoryLock::acquire(directory));
  LAPIS_TRY(const std::string text, files->read_file(name, MetaSuperblock::kMaxBytes));
  LAPIS_TRY(const MetaSuperblock superblock, decode_meta_superblock(text));
  if (!superblock.is_ready) return refuse(directory, "was never finished: there is nothing in it");
  LAPIS_TRY_VOID(check_logs(directory / "db"));
  LAPIS_TRY(auto db, open_database(directory / "db"));
  LAPIS_TRY(const StoreRows rows, read_store_rows(*db));
  if (rows.uuid != superblock.uuid) return refuse(directory, "holds another store's database");
  return std::make_unique<OwnReadOnlyMetaStore>(std::move(lock), std::move(db), rows);
}

}  // namespace lapis::storage
