// A clock that moves only when a test says so.
#pragma once

#include <chrono>
#include <mutex>

#include "lapis/base/clock.h"

namespace lapis::test {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  // 2026-01-02T03:04:05Z, unless a test needs another time.
  explicit ManualClock(Timestamp start = std::chrono::sys_seconds(std::chrono::seconds(1767323045)))
      : now_(start) {}

  Timestamp now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }

  Instant instant() const override {
    std::lock_guard lock(mutex_);
    return instant_;
  }

  // Time passes: both clocks move.
  void advance(Ticks by) {
    std::lock_guard lock(mutex_);
    now_ += by;
    instant_ += by;
  }

  // The wall clock is put to `time`, as by an operator; monotonic time does not move.
  void set(Timestamp time) {
    std::lock_guard lock(mutex_);
    now_ = time;
  }

 private:
  mutable std::mutex mutex_;
  Timestamp now_;
  Instant instant_{std::chrono::hours(1)};
};

}  // namespace lapis::test
