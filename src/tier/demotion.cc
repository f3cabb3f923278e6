#include "tier/demotion.h"

#include <algorithm>
#include <tuple>

namespace lapis::tier {
namespace {

constexpr std::uint64_t kExtentsBelow = 6;

std::uint64_t share_of(std::uint64_t bytes, double share) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * share);
}

}  // namespace

Watermarks watermarks_of(const PoolUsage& usage, double high, double low) {
  const std::uint64_t high_bytes = share_of(usage.size_bytes, high);
  const std::uint64_t low_bytes = share_of(usage.size_bytes, low);
  std::uint64_t below = (high_bytes - low_bytes) / 4;
  std::uint64_t extents = 0;
  for (const storage::PathStats& path : usage.paths) extents += kExtentsBelow * path.extent_bytes;
  below = std::min(std::max(below, extents), high_bytes - low_bytes);
  return {high_bytes, high_bytes - below, low_bytes};
}

DemotionNeed demotion_need(const PoolUsage& usage, const Watermarks& marks, bool was_demoting) {
  if (!usage.accounted) return {};
  if (!was_demoting && usage.used_bytes <= marks.start_bytes) return {};
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
