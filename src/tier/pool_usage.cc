#include "tier/pool_usage.h"

namespace lapis::tier {

PoolUsage usage_of(std::string_view pool, const std::vector<storage::PathStats>& paths) {
  PoolUsage usage;
  for (const storage::PathStats& path : paths) {
    const bool is_there = path.status != storage::PathStatus::kMissing &&
                          path.status != storage::PathStatus::kRetired;
    if (path.pool != pool || !is_there) continue;
    const std::uint64_t used = (path.extents_open + path.extents_sealed) * path.extent_bytes;
    usage.size_bytes += used;
    // Elsewhere nothing new goes.
    if (path.status == storage::PathStatus::kOnline) {
      usage.size_bytes += path.free_bytes + path.available_bytes;
    }
    usage.used_bytes += used;
    usage.live_bytes += path.live_bytes;
    usage.dead_extents += path.extents_dead;
    usage.accounted = usage.accounted && path.accounted;
    usage.paths.push_back(path);
  }
  return usage;
}

}  // namespace lapis::tier
