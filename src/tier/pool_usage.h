// What a pool holds, from what its paths tell.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lapis/storage/local_chunk_store.h"

namespace lapis::tier {

struct PoolUsage {
  std::uint64_t size_bytes = 0;  // of its extents, and of those that could be made
  std::uint64_t used_bytes = 0;  // of extents that are not free
  std::uint64_t live_bytes = 0;
  std::uint64_t dead_extents = 0;         // of the used: they are free in a moment
  bool accounted = true;                  // live bytes are known
  std::vector<storage::PathStats> paths;  // that are there

  double used_share() const {
    return size_bytes == 0 ? 0 : static_cast<double>(used_bytes) / static_cast<double>(size_bytes);
  }
};

PoolUsage usage_of(std::string_view pool, const std::vector<storage::PathStats>& paths);

}  // namespace lapis::tier
