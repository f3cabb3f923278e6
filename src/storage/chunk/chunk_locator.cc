#include "storage/chunk/chunk_locator.h"

#include <optional>

#include "lapis/base/log.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

using SharedRow = std::shared_ptr<const ChunkRow>;

std::uint64_t cost_of(const ChunkRow& row) {
  constexpr std::uint64_t kOverhead = 256;
  return kOverhead + row.unit_crcs.size() * sizeof(std::uint64_t);
}

io::Task<Result<SharedRow>> load_row(const StoreContext& context, Slot& slot, std::string key) {
  const std::uint64_t version = context.meta.version_of(key);
  LAPIS_CO_TRY(const auto stored, co_await context.meta.get(key));
  if (!stored) co_return fail(ErrorCode::kInternalError, "chunk has no row");
  LAPIS_CO_TRY(ChunkRow decoded, decode_chunk_row(*stored));
  SharedRow row = std::make_shared<const ChunkRow>(std::move(decoded));
  slot.rows.insert(key, version, row, cost_of(*row));
  co_return row;
}

// Pins first and compares the generation then (see ExtentPin).
std::optional<LocatedChunk> pin_place(const PathSet& paths, SlotIndex slot, ChunkId chunk,
                                      const SharedRow& row) {
  for (const Place& place : row->places) {
    Extent* extent = paths.find(place);
    if (extent == nullptr || !extent->is_readable()) continue;
    ExtentPin pin(*extent, slot);
    if (extent->generation() != place.generation) continue;
    if (place.offset + row->bytes_on_disk() > extent->bytes()) continue;
    return LocatedChunk{chunk, row, place, std::move(pin)};
  }
  return std::nullopt;
}

// Why none of the chunk's places can be read.
Error no_place(const PathSet& paths, ChunkId chunk, const ChunkRow& row) {
  for (const Place& place : row.places) {
    const PoolPath* path = paths.by_id(place.path);
    if (path == nullptr || path->state.status() != PathStatus::kMissing) continue;
    const PathSettings& settings = path->state.settings();
    return {ErrorCode::kServerBusy, "chunk " + std::to_string(chunk.value) + " lies on path " +
                                        settings.directory.string() + " of pool " + settings.pool +
                                        ", which is missing"};
  }
  return {ErrorCode::kInternalError, "chunk's row names no place that exists"};
}

}  // namespace

io::Task<Result<LocatedChunk>> locate_chunk(const StoreContext& context, const PathSet& paths,
                                            Slot& slot, ChunkId chunk) {
  const std::string key = chunk_key(chunk);
  if (const SharedRow cached = slot.rows.find(key)) {
    auto located = pin_place(paths, slot.index, chunk, cached);
    if (located) co_return std::move(*located);
  }
  Error why{ErrorCode::kInternalError};
  for (int attempt = 0; attempt < 2; ++attempt) {
    Result<SharedRow> row = co_await load_row(context, slot, key);
    if (!row) {
      log_error("storage", "chunk cannot be found",
                {{"chunk", chunk.value}, {"error", to_string(row.error())}});
      co_return fail(std::move(row).error());
    }
    auto located = pin_place(paths, slot.index, chunk, *row);
    if (located) co_return std::move(*located);
    why = no_place(paths, chunk, **row);
  }
  // That a path is missing has been said once; not again with each request.
  const bool is_missing = why.code == ErrorCode::kServerBusy;
  log(is_missing ? LogLevel::kDebug : LogLevel::kError, "storage", "chunk cannot be read",
      {{"chunk", chunk.value}, {"error", to_string(why)}});
  co_return fail(std::move(why));
}

}  // namespace lapis::storage
