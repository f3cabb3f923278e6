// Uses: which chunks a shard has read, on their way into the index of the coldest. To the hour and
// no finer: a chunk is noted once in it, however often it is read.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lapis/base/ids.h"

namespace lapis::storage {

struct NotedUses {
  std::uint32_t hour = 0;
  std::vector<ChunkId> chunks;
};

// `note` on the slot's shard, `take` from any thread. Bounded: what goes beyond is forgotten, or
// noted twice, which costs nothing but the noting.
class Uses {
 public:
  void note(ChunkId chunk, std::uint32_t hour) {
    if (hour != hour_ || seen_.size() >= kMost) {
      seen_.clear();
      hour_ = hour;
    }
    if (!seen_.insert(chunk).second) return;
    const std::lock_guard lock(mutex_);  // once a chunk and hour
    noted_.hour = hour;
    if (noted_.chunks.size() < kMost) noted_.chunks.push_back(chunk);
  }

  NotedUses take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(noted_, {});
  }

 private:
  static constexpr std::size_t kMost = 1 << 17;

  std::uint32_t hour_ = 0;
  std::unordered_set<ChunkId> seen_;
  std::mutex mutex_;
  NotedUses noted_;
};

}  // namespace lapis::storage
