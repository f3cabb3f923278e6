// The metadata store's rows about itself, Table::kStore. Key: byte 0x01, then the row's name in
// ASCII. Values, integers little-endian:
//
//   01 "format"   0 u32 format version (2)
//   01 "uuid"     0 16 bytes, the store's uuid as in the superblock
//   01 "epoch"    0 u64 epoch, 1 in a new store
//   01 "commit"   0 u64 commit sequence | 8 u64 the last id that next_id returned
//
// "commit" is part of every batch, so that what is recovered says which commit was the last.
// Example, sequence 3 and last id 258: key 01 63 6f 6d 6d 69 74,
// value 03 00 00 00 00 00 00 00 02 01 00 00 00 00 00 00.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string_view>

#include "lapis/base/random.h"
#include "lapis/base/result.h"

namespace lapis::storage {

// 2: rows may hold what programs of format 1 would lose (docs/formats.md). Older ones are read, and
// raised when a store is opened for writing.
inline constexpr std::uint32_t kMetaFormat = 2;
inline constexpr std::uint32_t kOldestMetaFormat = 1;
inline constexpr bool is_known_meta_format(std::uint64_t format) {
  return format >= kOldestMetaFormat && format <= kMetaFormat;
}

// How far the store has come.
struct CommitPoint {
  std::uint64_t sequence = 0;
  std::uint64_t last_id = 0;
};

struct StoreRows {
  Guid uuid;
  std::uint64_t epoch = 1;
  CommitPoint commit;
  std::uint32_t format = kMetaFormat;  // as read
};

// Whether a key is in this table, and so not for transactions to write.
bool is_store_key(std::string_view key);

void put_store_rows(rocksdb::WriteBatch& batch, const StoreRows& rows);
void put_format(rocksdb::WriteBatch& batch);
void put_epoch(rocksdb::WriteBatch& batch, std::uint64_t epoch);
void put_commit_point(rocksdb::WriteBatch& batch, CommitPoint point);

// Errors: kInternalError for a row that is missing, damaged or of another format.
Result<StoreRows> read_store_rows(rocksdb::DB& db);

}  // namespace lapis::storage
