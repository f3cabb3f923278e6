// Uses: which chunks a shard has read, on their way into the index of the coldest. To the hour and
// no finer: a chunk is noted once in it, however often it is read.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
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

  // It was read from a slow path, as often as it is called: reads there are few, and cost more.
  void note_slow(ChunkId chunk, PathId path, std::uint32_t hour) {
    const std::lock_guard lock(mutex_);
    if (hour != slow_hour_ || slow_.size() >= kMost) {
      slow_.clear();
      slow_hour_ = hour;
    }
    SlowReads& reads = slow_[chunk];
    reads.path = path;
    ++reads.count;
  }

  // Those that were read from slow paths at least `reads` times in this hour; each is told once.
  std::vector<std::pair<ChunkId, PathId>> take_reread(unsigned reads) {
    std::vector<std::pair<ChunkId, PathId>> taken;
    const std::lock_guard lock(mutex_);
    for (auto& [chunk, slow] : slow_) {
      if (slow.count < reads || std::exchange(slow.is_told, true)) continue;
      taken.emplace_back(chunk, slow.path);
    }
    return taken;
  }

  NotedUses take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(noted_, {});
  }

 private:
  static constexpr std::size_t kMost = 1 << 17;

  struct SlowReads {
    PathId path;
    std::uint32_t count = 0;
    bool is_told = false;
  };

  std::uint32_t hour_ = 0;
  std::unordered_set<ChunkId> seen_;
  std::mutex mutex_;
  NotedUses noted_;
  std::uint32_t slow_hour_ = 0;
  std::unordered_map<ChunkId, SlowReads> slow_;
};

}  // namespace lapis::storage
