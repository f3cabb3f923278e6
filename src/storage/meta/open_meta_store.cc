#include "storage/meta/open_meta_store.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "lapis/base/log.h"
#include "lapis/io/file.h"
#include "storage/meta/from_rocksdb.h"
#include "storage/meta/log_tail.h"
#include "storage/meta/prepare_directory.h"
#include "storage/meta/rocks_meta_store.h"
#include "storage/meta/rocks_options.h"
#include "storage/meta/store_rows.h"

namespace lapis::storage {
namespace {

using Database = std::unique_ptr<rocksdb::DB>;

Result<Database> open_database(const rocksdb::Options& rocks, const std::filesystem::path& path) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(rocks, path.string(), &db);
  Database owned(db);
  if (!opened.ok()) {
    Error error = from_rocksdb(opened, "open the metadata in " + path.string());
    error.code = ErrorCode::kInternalError;
    return fail(std::move(error));
  }
  return owned;
}

// Makes the database for the first time. What an interrupted creation left is removed: the
// superblock says that nothing in it was ever acknowledged.
Result<Database> create_database(io::FileSystem& files, rocksdb::Options rocks,
                                 const std::filesystem::path& path, const Guid& uuid) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return fail(io::from_errno(error.value(), "remove " + path.string()));
  LAPIS_TRY_VOID(files.make_directories(path));
  rocks.create_if_missing = true;
  rocks.error_if_exists = true;
  LAPIS_TRY(Database db, open_database(rocks, path));
  StoreRows rows;
  rows.uuid = uuid;
  rocksdb::WriteBatch batch;
  put_store_rows(batch, rows);
  const rocksdb::Status written = db->Write(durable_write(), &batch);
  if (!written.ok()) return fail(from_rocksdb(written, "create the metadata"));
  return db;
}

// From here on an older program refuses the store. The superblock, which it reads first, goes
// first.
Result<void> raise_format(io::FileSystem& files, const std::filesystem::path& directory,
                          MetaSuperblock superblock, rocksdb::DB& db) {
  log_info("meta", "metadata raised to a newer format",
           {{"from", superblock.format}, {"to", kMetaFormat}});
  superblock.format = kMetaFormat;
  LAPIS_TRY_VOID(write_meta_superblock(files, directory, superblock));
  rocksdb::WriteBatch batch;
  put_format(batch);
  const rocksdb::Status written = db.Write(durable_write(), &batch);
  if (!written.ok()) return fail(from_rocksdb(written, "raise the metadata's format"));
  return {};
}

}  // namespace

Result<std::unique_ptr<LocalMetaStore>> open_meta_store(
    const MetaStoreOptions& options, io::BlockingPool& blocking, rocksdb::Env* env,
    std::shared_ptr<rocksdb::Statistics> statistics) {
  const std::unique_ptr<io::FileSystem> files = io::make_uring_file_system();
  LAPIS_TRY(PreparedDirectory prepared, prepare_directory(*files, options.directory));
  MetaSuperblock& superblock = prepared.superblock;
  rocksdb::Options rocks = rocks_options(options, env);
  if (statistics) rocks.statistics = std::move(statistics);
  const std::filesystem::path path = options.directory / "db";
  Database db;
  if (superblock.is_ready) {
    // RocksDB would leave a directory of its own behind before it says so.
    LAPIS_TRY(const bool exists, files->exists(path / "CURRENT"));
    if (!exists) return fail(ErrorCode::kInternalError, "no database in " + path.string());
    LAPIS_TRY_VOID(check_logs(path));
    LAPIS_TRY(db, open_database(rocks, path));
  } else {
    LAPIS_TRY(db, create_database(*files, rocks, path, superblock.uuid));
    superblock.is_ready = true;
    superblock.format = kMetaFormat;
    LAPIS_TRY_VOID(write_meta_superblock(*files, options.directory, superblock));
    log_info("meta", "metadata created", {{"directory", options.directory.string()}});
  }
  LAPIS_TRY(const StoreRows rows, read_store_rows(*db));
  if (rows.uuid != superblock.uuid) {
    return fail(ErrorCode::kInternalError,
                path.string() + " is the database of another store: " + rows.uuid.to_string());
  }
  if (superblock.format != kMetaFormat || rows.format != kMetaFormat) {
    LAPIS_TRY_VOID(raise_format(*files, options.directory, superblock, *db));
  }
  return std::make_unique<RocksMetaStore>(std::move(prepared.lock), std::move(db), rows, options,
                                          blocking);
}

Result<std::unique_ptr<LocalMetaStore>> LocalMetaStore::open(const MetaStoreOptions& options,
                                                             io::BlockingPool& blocking) {
  return open_meta_store(options, blocking, rocksdb::Env::Default());
}

}  // namespace lapis::storage
