#include "storage/chunk/compactor.h"

#include <algorithm>

#include "storage/chunk/frame_walk.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {

Extent* sparsest_extent(const PathState& path, double most_live,
                        const std::set<const Extent*>& skip) {
  Extent* sparsest = nullptr;
  path.extents().for_each([&](Extent& extent) {
    const auto live = static_cast<double>(extent.live_bytes());
    if (extent.state() != ExtentState::kSealed || live <= 0) return;
    if (live > most_live * static_cast<double>(extent.bytes())) return;
    if (skip.contains(&extent)) return;
    if (sparsest == nullptr || extent.live_bytes() < sparsest->live_bytes()) sparsest = &extent;
  });
  return sparsest;
}

io::Task<Result<std::vector<ColdChunk>>> chunks_in(const StoreContext& context, Extent& extent) {
  LAPIS_CO_TRY(io::Buffer buffer,
               co_await context.background.buffers().acquire(io::BufferPool::kLarge));
  const FrameWalk::Expected expected{context.store, extent.path(), extent.id(), extent.generation(),
                                     extent.bytes()};
  FrameWalk walk(extent.reader(), expected, std::move(buffer));
  std::vector<ColdChunk> chunks;
  while (true) {
    LAPIS_CO_TRY(const auto frame, co_await walk.next());
    if (!frame) co_return chunks;
    LAPIS_CO_TRY(const auto stored, co_await context.meta.get(chunk_key(frame->chunk)));
    if (!stored) continue;
    LAPIS_CO_TRY(const ChunkRow row, decode_chunk_row(*stored));
    if (std::ranges::find(row.places, frame->place) == row.places.end()) continue;
    chunks.push_back({frame->chunk, extent.path()});
  }
}

}  // namespace lapis::storage
