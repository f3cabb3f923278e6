#include "storage/meta/space.h"

#include <algorithm>
#include <string>

#include "storage/meta/engine_stats.h"
#include "storage/meta/from_rocksdb.h"
#include "storage/meta/read_row.h"
#include "storage/meta/room.h"

namespace lapis::storage {
namespace {

Result<std::uint64_t> available_on(const MetaDisk& disk) {
  const auto available = available_bytes(disk.directory);
  if (available) return *available;
  return fail(ErrorCode::kInternalError, "cannot tell the room in " + disk.directory.string());
}

// Bytes of the tables' blocks in the range, about.
std::uint64_t size_of(rocksdb::DB& db, const rocksdb::Range& range) {
  rocksdb::SizeApproximationOptions options;
  options.include_files = true;
  options.include_memtables = true;
  std::uint64_t bytes = 0;
  const rocksdb::Status asked =
      db.GetApproximateSizes(options, db.DefaultColumnFamily(), &range, 1, &bytes);
  return asked.ok() ? bytes : 0;
}

// Whether a snapshot is open that is older.
bool is_held_since(rocksdb::DB& db, rocksdb::SequenceNumber sequence) {
  std::uint64_t oldest = 0;
  const bool asked = db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
  return asked && oldest != 0 && oldest < sequence;
}

}  // namespace

// Beside the store's own files there may be anything on the disk, extents among it. So its size is
// what it has and what it could still get, and it is full when that is all taken, by whomever.
Result<MetaSpace> measure_space(rocksdb::DB& db, const MetaDisk& disk) {
  LAPIS_TRY(const std::uint64_t available, available_on(disk));
  MetaSpace space;
  space.used_bytes = bytes_of_files(db);
  space.size_bytes = space.used_bytes + available;
  if (disk.capacity_bytes != 0) space.size_bytes = std::min(space.size_bytes, disk.capacity_bytes);
  return space;
}

Result<void> compact_rows(rocksdb::DB& db, const MetaDisk& disk, RewrittenRows& rows,
                          std::atomic<bool>& stopping) {
  const rocksdb::Slice first = as_slice(rows.first);
  const rocksdb::Slice last = as_slice(rows.last);
  LAPIS_TRY(const std::uint64_t available, available_on(disk));
  if (available < disk.min_free_bytes + size_of(db, {first, last})) {
    return fail(ErrorCode::kInsufficientStorage, "no room to rewrite tables of the metadata");
  }
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.canceled = &stopping;
  if (rows.written_before == 0) rows.written_before = db.GetLatestSequenceNumber();
  if (is_held_since(db, rows.written_before)) {
    return fail(ErrorCode::kServerBusy, "a check or a listing still reads what was there before");
  }
  const rocksdb::Status done = db.CompactRange(options, &first, &last);
  if (done.ok()) return {};
  if (done.IsIncomplete()) return fail(ErrorCode::kServerBusy, "told to stop");
  return fail(from_rocksdb(done, "compact metadata"));
}

}  // namespace lapis::storage
