#include "storage/meta/rocks_snapshot.h"

#include <algorithm>

#include "storage/meta/from_rocksdb.h"
#include "storage/meta/read_row.h"
#include "storage/meta/rocks_options.h"

namespace lapis::storage {
namespace {

std::string_view as_view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

RocksSnapshot::RocksSnapshot(rocksdb::DB& db, FirstRows& first_rows,
                             std::atomic<std::uint64_t>& open_snapshots)
    : db_(db),
      first_rows_(first_rows),
      open_snapshots_(open_snapshots),
      snapshot_(db.GetSnapshot()) {
  open_snapshots_.fetch_add(1, std::memory_order_relaxed);
}

RocksSnapshot::~RocksSnapshot() {
  db_.ReleaseSnapshot(snapshot_);
  open_snapshots_.fetch_sub(1, std::memory_order_release);
}

Result<std::optional<std::string>> RocksSnapshot::get(std::string_view key) {
  rocksdb::ReadOptions read = disk_read();
  read.snapshot = snapshot_;
  return read_row(db_, read, key);
}

std::unique_ptr<MetaCursor> RocksSnapshot::scan(std::string_view first, std::string_view last) {
  return std::make_unique<RocksCursor>(db_, first_rows_, snapshot_, first, last);
}

RocksCursor::RocksCursor(rocksdb::DB& db, FirstRows& first_rows, const rocksdb::Snapshot* snapshot,
                         std::string_view first, std::string_view last)
    : first_(first), last_(std::max(first, last)), lower_(first_), upper_(last_) {
  rocksdb::ReadOptions read = disk_read();
  read.snapshot = snapshot;
  read.iterate_lower_bound = &lower_;
  read.iterate_upper_bound = &upper_;
  rows_.reset(db.NewIterator(read));
  const rocksdb::SequenceNumber sequence = snapshot->GetSequenceNumber();
  rows_->Seek(as_slice(first_rows.begin(first_, sequence)));
  if (rows_->Valid()) {
    first_rows.found(first_, key(), sequence);
  } else if (rows_->status().ok()) {
    first_rows.found(first_, last_, sequence);
  }
}

void RocksCursor::seek(std::string_view key) { rows_->Seek(as_slice(key)); }

std::string_view RocksCursor::key() const { return as_view(rows_->key()); }

std::string_view RocksCursor::value() const { return as_view(rows_->value()); }

Result<void> RocksCursor::status() const {
  const rocksdb::Status status = rows_->status();
  if (!status.ok()) return fail(from_rocksdb(status, "scan metadata"));
  return {};
}

}  // namespace lapis::storage
