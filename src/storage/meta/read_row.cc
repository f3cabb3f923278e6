#include "storage/meta/read_row.h"

#include "storage/meta/from_rocksdb.h"
#include "storage/meta/rocks_options.h"

namespace lapis::storage {
namespace {

Result<std::optional<std::string>> to_row(const rocksdb::Status& status,
                                          const rocksdb::PinnableSlice& value) {
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return fail(from_rocksdb(status, "read metadata"));
  return value.ToString();
}

}  // namespace

Result<std::optional<std::string>> read_row(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                            std::string_view key) {
  rocksdb::PinnableSlice value;
  const auto status = db.Get(options, db.DefaultColumnFamily(), as_slice(key), &value);
  return to_row(status, value);
}

std::optional<Result<std::optional<std::string>>> read_row_from_memory(rocksdb::DB& db,
                                                                       std::string_view key) {
  static const rocksdb::ReadOptions kMemory = memory_read();
  rocksdb::PinnableSlice value;
  const auto status = db.Get(kMemory, db.DefaultColumnFamily(), as_slice(key), &value);
  if (status.IsIncomplete()) return std::nullopt;
  return to_row(status, value);
}

}  // namespace lapis::storage
