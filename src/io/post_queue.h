// Work that other threads hand to a shard. Whoever makes the queue non-empty wakes the shard, so a
// committer that completes a whole group at once costs one wake-up.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "lapis/io/executor.h"

namespace lapis::io {

class PostQueue {
 public:
  // Any thread. True where the owner must be woken. After `close` the work is destroyed unrun.
  bool push(Work work) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    const bool was_empty = queue_.empty();
    queue_.push_back(std::move(work));
    if (was_empty) has_work_.store(true, std::memory_order_release);
    return was_empty;
  }

  // The owner: what has been pushed, in order.
  std::vector<Work> take() {
    if (!has_work_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock(mutex_);
    has_work_.store(false, std::memory_order_relaxed);
    return std::exchange(queue_, {});
  }

  // Returns what will never run; its destruction may push again, in vain.
  [[nodiscard]] std::vector<Work> close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    return std::exchange(queue_, {});
  }

 private:
  std::atomic<bool> has_work_{false};
  std::mutex mutex_;
  std::vector<Work> queue_;
  bool closed_ = false;
};

}  // namespace lapis::io
