#include "storage/chunk/heat_index.h"

#include <algorithm>
#include <functional>
#include <span>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {
namespace {

// Rows that one transaction changes: the committer is everybody's.
constexpr std::size_t kBatch = 256;

// No chunk has this id: its heat row says that every chunk has one.
constexpr ChunkId kCompleteMark{0};

struct Unheated {
  std::vector<std::string> chunk_keys;
  std::string next;  // key to go on at; empty at the end
};

}  // namespace

io::Task<Result<void>> HeatIndex::note_uses() {
  for (const auto& slot : slots_) {
    const NotedUses noted = slot->uses.take();
    LAPIS_CO_TRY_VOID(co_await warm_all(noted));
  }
  co_return Result<void>{};
}

io::Task<Result<void>> HeatIndex::warm_all(const NotedUses& noted) {
  for (std::size_t at = 0; at < noted.chunks.size(); at += kBatch) {
    const std::span batch =
        std::span(noted.chunks).subspan(at, std::min(kBatch, noted.chunks.size() - at));
    Transaction change = [batch, hour = noted.hour](MetaView& view) -> Result<void> {
      for (const ChunkId chunk : batch) LAPIS_TRY_VOID(warm(view, chunk, hour));
      return {};
    };
    crash_point(CrashPoint::kHeatBeforeNoted);
    LAPIS_CO_TRY_VOID(co_await context_.meta.transact(Scope{}, std::move(change)));
    crash_point(CrashPoint::kHeatNoted);
  }
  co_return Result<void>{};
}

io::Task<Result<std::vector<ColdChunk>>> HeatIndex::coldest(PathId path, std::size_t limit,
                                                            std::optional<ColdChunk> after) {
  auto read = [&] { return scan(path, limit, after); };
  co_return co_await context_.blocking.run(std::ref(read));
}

// Blocks: on the pool.
Result<std::vector<ColdChunk>> HeatIndex::scan(PathId path, std::size_t limit,
                                               const std::optional<ColdChunk>& after) {
  std::string first = cold_begin(path);
  if (after) first = cold_key(*after) + '\0';
  const auto snapshot = context_.meta.snapshot();
  const auto cursor = snapshot->scan(first, cold_end(path));
  std::vector<ColdChunk> chunks;
  for (; cursor->valid() && chunks.size() < limit; cursor->next()) {
    LAPIS_TRY(const ColdChunk chunk, decode_cold_key(cursor->key()));
    chunks.push_back(chunk);
  }
  LAPIS_TRY_VOID(cursor->status());
  return chunks;
}

io::Task<Result<std::vector<ColdChunk>>> HeatIndex::reread(unsigned reads) {
  std::vector<ColdChunk> chunks;
  for (const auto& slot : slots_) {
    for (const auto& [chunk, path] : slot->uses.take_reread(reads)) {
      LAPIS_CO_TRY(const auto stored, co_await context_.meta.get(heat_key(chunk)));
      if (!stored) continue;  // released meanwhile
      LAPIS_CO_TRY(const HeatRow heat, decode_heat_row(*stored));
      chunks.push_back({chunk, path, heat.hour, heat.rank});
    }
  }
  co_return chunks;
}

io::Task<Result<void>> HeatIndex::complete() {
  LAPIS_CO_TRY(const auto mark, co_await context_.meta.get(heat_key(kCompleteMark)));
  if (mark) co_return Result<void>{};
  const std::uint32_t hour = hour_of(context_.clock.now());
  Unheated found;
  found.next = table_begin(Table::kChunk);
  auto read = [&]() -> Result<Unheated> {
    Unheated batch;
    const auto snapshot = context_.meta.snapshot();
    const auto cursor = snapshot->scan(found.next, table_end(Table::kChunk));
    for (; cursor->valid() && batch.chunk_keys.size() < kBatch; cursor->next()) {
      batch.chunk_keys.emplace_back(cursor->key());
    }
    if (cursor->valid()) batch.next = cursor->key();
    if (!cursor->valid()) LAPIS_TRY_VOID(cursor->status());
    return batch;
  };
  while (!found.next.empty()) {
    LAPIS_CO_TRY(found, co_await context_.blocking.run(std::ref(read)));
    Transaction change = [&keys = found.chunk_keys, hour](MetaView& view) -> Result<void> {
      for (const std::string& key : keys) {
        if (key.size() != chunk_key({}).size()) continue;
        const ChunkId chunk{load_be<std::uint64_t>(as_bytes(key), 1)};
        LAPIS_TRY(const auto heat, view.get(heat_key(chunk)));
        LAPIS_TRY(const auto stored, view.get(key));
        if (heat || !stored) continue;
        LAPIS_TRY(const ChunkRow row, decode_chunk_row(*stored));
        HeatRow fresh{hour, HeatRank::kNormal, {}};
        for (const Place& place : row.places) fresh.paths.push_back(place.path);
        put_heat(view, chunk, fresh);
      }
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await context_.meta.transact(Scope{}, std::move(change)));
  }
  Transaction done = [](MetaView& view) -> Result<void> {
    put_heat(view, kCompleteMark, {});
    return {};
  };
  co_return co_await context_.meta.transact(Scope{}, std::move(done));
}

}  // namespace lapis::storage
