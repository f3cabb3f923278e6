#include "storage/chunk/damage_records.h"

#include <algorithm>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kMostSwept = 1000;  // at once

DamagedChunk to_public(ChunkId chunk, DamageRow row) {
  return {.chunk = chunk,
          .found = row.found,
          .finder = row.finder,
          .path = row.place.path,
          .extent = row.place.extent,
          .frame_offset = row.place.offset,
          .bad = std::move(row.bad),
          .owner = row.owner,
          .seen = std::move(row.seen)};
}

Result<bool> is_at(MetaView& view, ChunkId chunk, const Place& place) {
  LAPIS_TRY(const auto stored, view.get(chunk_key(chunk)));
  if (!stored) return false;
  LAPIS_TRY(const ChunkRow row, decode_chunk_row(*stored));
  return std::ranges::find(row.places, place) != row.places.end();
}

Result<ChunkId> chunk_of(const MetaCursor& cursor) {
  const Bytes key = as_bytes(cursor.key());
  if (key.size() != damage_key({}).size()) {
    return fail(ErrorCode::kInternalError, "damage row: key");
  }
  return ChunkId{load_be<std::uint64_t>(key, 1)};
}

// Blocks.
Result<std::vector<ChunkId>> find_orphans(MetaSnapshot& snapshot) {
  const auto cursor = snapshot.scan(table_begin(Table::kDamage), table_end(Table::kDamage));
  std::vector<ChunkId> orphans;
  for (; orphans.size() < kMostSwept && cursor->valid(); cursor->next()) {
    LAPIS_TRY(const ChunkId chunk, chunk_of(*cursor));
    LAPIS_TRY(const auto row, snapshot.get(chunk_key(chunk)));
    if (!row) orphans.push_back(chunk);
  }
  LAPIS_TRY_VOID(cursor->status());
  return orphans;
}

}  // namespace

Result<void> DamageRecords::count(MetaSnapshot& snapshot) {
  const auto cursor = snapshot.scan(table_begin(Table::kDamage), table_end(Table::kDamage));
  std::uint64_t rows = 0;
  for (; cursor->valid(); cursor->next()) ++rows;
  rows_.store(rows);
  return cursor->status();
}

// Counted before it is written: a release that comes after it looks for it.
io::Task<Result<bool>> DamageRecords::record(ChunkId chunk, DamageRow row) {
  rows_.fetch_add(1);
  bool is_current = false;
  bool is_new = false;
  Transaction put = [&](MetaView& view) -> Result<void> {
    is_new = false;
    LAPIS_TRY(is_current, is_at(view, chunk, row.place));
    if (!is_current) return {};
    LAPIS_TRY(const auto known, view.get(damage_key(chunk)));
    is_new = !known;
    DamageRow merged = row;
    if (known) {
      if (const auto before = decode_damage_row(*known)) {
        merged.found = before->found;
        merged.finder = before->finder;
      }
    }
    view.put(damage_key(chunk), encode(merged));
    return {};
  };
  crash_point(CrashPoint::kDamageBeforeRecord);
  const Result<void> done = co_await context_.meta.transact(Scope{}, std::move(put));
  crash_point(CrashPoint::kDamageRecorded);
  // What failed may be durable all the same, unless it was never taken: then one too many is
  // counted until the next start.
  const bool was_taken = done || done.error().code != ErrorCode::kServerBusy;
  if (!was_taken || (done && !is_new)) rows_.fetch_sub(1);
  if (!done) co_return fail(done.error());
  co_return is_current;
}

io::Task<Result<void>> DamageRecords::clear(ChunkId chunk, Place place) {
  if (!may_exist()) co_return Result<void>{};
  LAPIS_CO_TRY(const auto stored, co_await context_.meta.get(damage_key(chunk)));
  if (!stored) co_return Result<void>{};
  bool erased = false;
  Transaction erase = [&](MetaView& view) -> Result<void> {
    erased = false;
    LAPIS_TRY(const auto known, view.get(damage_key(chunk)));
    if (!known) return {};
    const auto row = decode_damage_row(*known);
    if (row && row->place != place) {
      LAPIS_TRY(const bool still_there, is_at(view, chunk, row->place));
      if (still_there) return {};
    }
    view.erase(damage_key(chunk));
    erased = true;
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await context_.meta.transact(Scope{}, std::move(erase)));
  if (erased) {
    crash_point(CrashPoint::kDamageCleared);
    rows_.fetch_sub(1);
    log_info("scrub", "chunk is whole again", {{"chunk", chunk.value}});
  }
  co_return Result<void>{};
}

io::Task<Result<void>> DamageRecords::sweep() {
  if (!may_exist()) co_return Result<void>{};
  const auto snapshot = context_.meta.snapshot();
  auto find = [&] { return find_orphans(*snapshot); };
  LAPIS_CO_TRY(const auto orphans, co_await context_.blocking.run(std::ref(find)));
  if (orphans.empty()) co_return Result<void>{};
  std::uint64_t erased = 0;
  Transaction erase = [&](MetaView& view) -> Result<void> {
    erased = 0;
    for (const ChunkId chunk : orphans) {
      LAPIS_TRY(const auto row, view.get(chunk_key(chunk)));
      LAPIS_TRY(const auto damage, view.get(damage_key(chunk)));
      if (row || !damage) continue;
      view.erase(damage_key(chunk));
      ++erased;
    }
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await context_.meta.transact(Scope{}, std::move(erase)));
  rows_.fetch_sub(erased);
  co_return Result<void>{};
}

Result<std::vector<DamagedChunk>> list_damaged(MetaStore& meta, ChunkId from, std::size_t limit) {
  const auto snapshot = meta.snapshot();
  const auto cursor = snapshot->scan(damage_key(from), table_end(Table::kDamage));
  std::vector<DamagedChunk> damaged;
  for (; damaged.size() < limit && cursor->valid(); cursor->next()) {
    LAPIS_TRY(const ChunkId chunk, chunk_of(*cursor));
    auto row = decode_damage_row(cursor->value());
    if (!row) {
      row = DamageRow{};
      row->seen = "what was seen cannot be read";
    }
    damaged.push_back(to_public(chunk, std::move(*row)));
  }
  if (!cursor->valid()) LAPIS_TRY_VOID(cursor->status());
  return damaged;
}

io::Task<Result<bool>> is_damaged(MetaStore& meta, ChunkId chunk) {
  LAPIS_CO_TRY(const auto stored, co_await meta.get(damage_key(chunk)));
  co_return stored.has_value();
}

}  // namespace lapis::storage
