#include "tier/demotion.h"

#include <algorithm>
#include <tuple>

namespace lapis::tier {
namespace {

std::uint64_t share_of(std::uint64_t bytes, double share) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * share);
}

}  // namespace

Watermarks watermarks_of(std::uint64_t size_bytes, double high, double low) {
  return {share_of(size_bytes, high), share_of(size_bytes, low)};
}

DemotionNeed demotion_need(const PoolUsage& usage, const Watermarks& marks, bool was_demoting) {
  if (!usage.accounted) return {};
  if (!was_demoting && usage.used_bytes <= marks.high_bytes) return {};
  if (usage.live_bytes <= marks.low_bytes) return {};
  return {true, usage.live_bytes - marks.low_bytes};
}

io::Task<Result<std::vector<storage::ColdChunk>>> coldest_of(storage::LocalChunkStore& chunks,
                                                             const PoolUsage& usage,
                                                             std::size_t limit) {
  std::vector<storage::ColdChunk> all;
  for (const storage::PathStats& path : usage.paths) {
    LAPIS_CO_TRY(const auto part, co_await chunks.coldest(path.id, limit, std::nullopt));
    all.insert(all.end(), part.begin(), part.end());
  }
  std::ranges::sort(all, {}, [](const storage::ColdChunk& chunk) {
    return std::tuple(chunk.rank, chunk.hour, chunk.id);
  });
  if (all.size() > limit) all.resize(limit);
  co_return all;
}

}  // namespace lapis::tier
