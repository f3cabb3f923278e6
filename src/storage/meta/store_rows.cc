#include "storage/meta/store_rows.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/check.h"
#include "lapis/storage/tables.h"
#include "storage/meta/read_row.h"
#include "storage/meta/rocks_options.h"

namespace lapis::storage {
namespace {

std::string store_key(std::string_view name) {
  std::string key(1, static_cast<char>(Table::kStore));
  key += name;
  return key;
}

template <std::size_t N>
void put_row(rocksdb::WriteBatch& batch, std::string_view name,
             const std::array<std::byte, N>& value) {
  const std::string_view text = as_text(value);
  const rocksdb::Status put = batch.Put(store_key(name), rocksdb::Slice(text.data(), text.size()));
  LAPIS_CHECK(put.ok());
}

Result<std::string> need_row(rocksdb::DB& db, std::string_view name, std::size_t size) {
  LAPIS_TRY(std::optional<std::string> value, read_row(db, disk_read(), store_key(name)));
  if (!value || value->size() != size) {
    std::string what = "the metadata store's row '";
    what += name;
    what += value ? "' is damaged" : "' is missing";
    return fail(ErrorCode::kInternalError, std::move(what));
  }
  return *std::move(value);
}

}  // namespace

bool is_store_key(std::string_view key) {
  return !key.empty() && key.front() == static_cast<char>(Table::kStore);
}

void put_store_rows(rocksdb::WriteBatch& batch, const StoreRows& rows) {
  put_format(batch);
  put_row(batch, "uuid", rows.uuid.bytes);
  put_epoch(batch, rows.epoch);
  put_commit_point(batch, rows.commit);
}

void put_format(rocksdb::WriteBatch& batch) {
  std::array<std::byte, 4> format;
  store_le<std::uint32_t>(format, 0, kMetaFormat);
  put_row(batch, "format", format);
}

void put_epoch(rocksdb::WriteBatch& batch, std::uint64_t epoch) {
  std::array<std::byte, 8> value;
  store_le<std::uint64_t>(value, 0, epoch);
  put_row(batch, "epoch", value);
}

void put_commit_point(rocksdb::WriteBatch& batch, CommitPoint point) {
  std::array<std::byte, 16> value;
  store_le<std::uint64_t>(value, 0, point.sequence);
  store_le<std::uint64_t>(value, 8, point.last_id);
  put_row(batch, "commit", value);
}

Result<StoreRows> read_store_rows(rocksdb::DB& db) {
  StoreRows rows;
  LAPIS_TRY(const std::string format, need_row(db, "format", 4));
  rows.format = load_le<std::uint32_t>(as_bytes(format));
  if (!is_known_meta_format(rows.format)) {
    return fail(ErrorCode::kInternalError,
                "the metadata's rows have format " + std::to_string(rows.format));
  }
  LAPIS_TRY(const std::string uuid, need_row(db, "uuid", 16));
  std::ranges::copy(as_bytes(uuid), rows.uuid.bytes.begin());
  LAPIS_TRY(const std::string epoch, need_row(db, "epoch", 8));
  rows.epoch = load_le<std::uint64_t>(as_bytes(epoch));
  LAPIS_TRY(const std::string commit, need_row(db, "commit", 16));
  rows.commit.sequence = load_le<std::uint64_t>(as_bytes(commit), 0);
  rows.commit.last_id = load_le<std::uint64_t>(as_bytes(commit), 8);
  return rows;
}

}  // namespace lapis::storage
