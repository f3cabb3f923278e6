#include "storage/chunk/check/heat_check.h"

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "lapis/storage/key_batch.h"
#include "storage/chunk/check/checked_rows.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {
namespace {

constexpr std::uint64_t kRowsBetweenLooks = 4096;
constexpr std::size_t kChunkKeyBytes = 9;

// A cold row, in the order of the chunks.
struct ColdEntry {
  ChunkId chunk;
  PathId path;
  std::uint32_t hour = 0;
  HeatRank rank = HeatRank::kNormal;
  ChunkId key() const { return chunk; }
  friend auto operator<=>(const ColdEntry&, const ColdEntry&) = default;
};

// Rows of a table whose keys are chunk ids, in order.
class ByChunk {
 public:
  ByChunk(MetaSnapshot& snapshot, Table table, ChunkId first, std::optional<ChunkId> end)
      : cursor_(snapshot.scan(key_of(table, first), end ? key_of(table, *end) : table_end(table))) {
  }

  // The value of the chunk's row; rows before it have been asked for.
  std::optional<std::string_view> take(ChunkId chunk) {
    const auto at = next();
    if (!at || *at != chunk) return std::nullopt;
    value_ = cursor_->value();
    cursor_->next();
    return value_;
  }
  // The chunk of the next row. Ids are checked where the rows are.
  std::optional<ChunkId> next() {
    while (cursor_->valid() && cursor_->key().size() != kChunkKeyBytes) cursor_->next();
    if (!cursor_->valid()) return std::nullopt;
    return ChunkId{load_be<std::uint64_t>(as_bytes(cursor_->key()), 1)};
  }
  Result<void> status() const { return cursor_->status(); }

 private:
  static std::string key_of(Table table, ChunkId chunk) {
    return table == Table::kHeat ? heat_key(chunk) : chunk_key(chunk);
  }
  std::unique_ptr<MetaCursor> cursor_;
  std::string value_;
};

class HeatChecking {
 public:
  HeatChecking(bool is_complete, const FindingSink& found)
      : is_complete_(is_complete), found_(found) {}

  void meet(ChunkId chunk, std::optional<std::string_view> row_value,
            std::optional<std::string_view> heat_value, std::span<const ColdEntry> cold) {
    std::optional<HeatRow> heat;
    if (heat_value) {
      auto decoded = decode_heat_row(*heat_value);
      if (!decoded) return tell(FindingKind::kWrong, "heat_row_damaged", chunk);
      heat = *std::move(decoded);
    }
    check_cold(chunk, heat, cold);
    if (chunk == ChunkId{}) return;  // says that every chunk has a heat row
    if (heat && !row_value) return tell(FindingKind::kLeaked, "heat_row", chunk);
    if (!heat && row_value && is_complete_) tell(FindingKind::kWrong, "heat_row_missing", chunk);
    if (heat && row_value) check_paths(chunk, *heat, *row_value);
  }

 private:
  void check_cold(ChunkId chunk, const std::optional<HeatRow>& heat,
                  std::span<const ColdEntry> cold) {
    std::vector<ColdEntry> wanted;
    if (heat) {
      for (const PathId path : heat->paths) wanted.push_back({chunk, path, heat->hour, heat->rank});
    }
    std::ranges::sort(wanted);
    for (const ColdEntry& entry : cold) {
      if (!std::ranges::binary_search(wanted, entry)) {
        tell(FindingKind::kLeaked, "cold_row", chunk, entry.path);
      }
    }
    for (const ColdEntry& entry : wanted) {
      if (!std::ranges::binary_search(cold, entry)) {
        tell(FindingKind::kWrong, "cold_row_missing", chunk, entry.path);
      }
    }
  }

  void check_paths(ChunkId chunk, const HeatRow& heat, std::string_view row_value) {
    const auto row = decode_chunk_row(row_value);
    if (!row) return;  // told where the rows were checked
    std::vector<PathId> places, paths = heat.paths;
    for (const Place& place : row->places) places.push_back(place.path);
    std::ranges::sort(places);
    std::ranges::sort(paths);
    if (places != paths) tell(FindingKind::kWrong, "heat_paths", chunk);
  }

  void tell(FindingKind kind, const char* what, ChunkId chunk, std::optional<PathId> path = {}) {
    Finding finding{kind, what, {{"chunk", chunk.value}}, chunk};
    if (path) finding.fields.push_back({"path_id", std::uint64_t{path->value}});
    found_(std::move(finding));
  }

  const bool is_complete_;
  const FindingSink& found_;
};

Result<void> collect(const ChunkCheck& check, KeyBatch<ColdEntry>& batch,
                     const FindingSink* found) {
  const auto cursor = check.snapshot.scan(table_begin(Table::kCold), table_end(Table::kCold));
  for (std::uint64_t rows = 0; cursor->valid(); cursor->next(), ++rows) {
    if (rows % kRowsBetweenLooks == 0 && check.is_cancelled && check.is_cancelled()) {
      return fail(cancelled());
    }
    const auto cold = decode_cold_key(cursor->key());
    if (cold) {
      batch.add({cold->id, cold->path, cold->hour, cold->rank});
    } else if (found != nullptr) {
      (*found)({FindingKind::kWrong, "cold_row_damaged", {}, {}});
    }
  }
  return cursor->status();
}

Result<void> merge(const ChunkCheck& check, const std::vector<ColdEntry>& cold, ChunkId begin,
                   std::optional<ChunkId> end, HeatChecking& checking) {
  ByChunk rows(check.snapshot, Table::kChunk, begin, end);
  ByChunk heat(check.snapshot, Table::kHeat, begin, end);
  auto at = cold.begin();
  while (true) {
    std::optional<ChunkId> chunk = rows.next();
    if (const auto other = heat.next(); other && (!chunk || *other < *chunk)) chunk = other;
    if (at != cold.end() && (!chunk || at->chunk < *chunk)) chunk = at->chunk;
    if (!chunk) break;
    const auto first = at;
    while (at != cold.end() && at->chunk == *chunk) ++at;
    const auto row_value = rows.take(*chunk);
    checking.meet(*chunk, row_value, heat.take(*chunk), {first, at});
  }
  LAPIS_TRY_VOID(rows.status());
  return heat.status();
}

}  // namespace

Result<void> check_heat(const ChunkCheck& check, const FindingSink& found) {
  LAPIS_TRY(const auto complete, check.snapshot.get(heat_key(ChunkId{})));
  HeatChecking checking(complete.has_value(), found);
  ChunkId begin;
  std::optional<ChunkId> end = begin;
  while (end) {
    begin = *end;
    KeyBatch<ColdEntry> batch(begin, check.batch);
    LAPIS_TRY_VOID(collect(check, batch, begin == ChunkId{} ? &found : nullptr));
    end = batch.end();
    LAPIS_TRY_VOID(merge(check, batch.sorted(), begin, end, checking));
  }
  return {};
}

}  // namespace lapis::storage
