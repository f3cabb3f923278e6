// DiskTimes: how long a shard's requests wait for disks. What runs in the background makes way when
// that grows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "lapis/base/clock.h"
#include "lapis/storage/local_chunk_store.h"

namespace lapis::storage {

// `add` on the slot's shard, `read` from any thread.
class DiskTimes {
 public:
  void add(Instant::duration time) {
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    operations_.store(operations_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    nanoseconds_.store(
        nanoseconds_.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(nanoseconds),
        std::memory_order_relaxed);
  }
  DiskWaits read() const {
    return {operations_.load(std::memory_order_relaxed),
            nanoseconds_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> operations_ = 0;
  std::atomic<std::uint64_t> nanoseconds_ = 0;
};

}  // namespace lapis::storage
