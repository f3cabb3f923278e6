// Snapshots and cursors of the local MetaStore.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>

#include "lapis/storage/meta_store.h"
#include "storage/meta/first_rows.h"

namespace lapis::storage {

// Counted in `open_snapshots`, because RocksDB must not be closed under one.
class RocksSnapshot final : public MetaSnapshot {
 public:
  RocksSnapshot(rocksdb::DB& db, FirstRows& first_rows, std::atomic<std::uint64_t>& open_snapshots);
  ~RocksSnapshot() override;
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  Result<std::optional<std::string>> get(std::string_view key) override;
  std::unique_ptr<MetaCursor> scan(std::string_view first, std::string_view last) override;

 private:
  rocksdb::DB& db_;
  FirstRows& first_rows_;
  std::atomic<std::uint64_t>& open_snapshots_;
  const rocksdb::Snapshot* snapshot_;
};

class RocksCursor final : public MetaCursor {
 public:
  RocksCursor(rocksdb::DB& db, FirstRows& first_rows, const rocksdb::Snapshot* snapshot,
              std::string_view first, std::string_view last);

  void seek(std::string_view key) override;
  void next() override { rows_->Next(); }
  bool valid() const override { return rows_->Valid(); }
  std::string_view key() const override;
  std::string_view value() const override;
  Result<void> status() const override;

 private:
  // RocksDB keeps pointers to the bounds: they stay where they are as long as `rows_`.
  const std::string first_;
  const std::string last_;
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

}  // namespace lapis::storage
