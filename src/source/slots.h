// Slots: how many copies may be under way at once. Who comes later waits its turn, in order, for a
// while.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <utility>

#include "lapis/base/clock.h"
#include "lapis/base/metrics.h"
#include "lapis/base/result.h"
#include "lapis/io/shard.h"
#include "lapis/io/task_group.h"

namespace lapis::source {

// Lives on one shard. No slot is held, and nobody waits, when it is destroyed.
class Slots {
 public:
  struct Limits {
    std::size_t slots = 1;
    std::size_t waiting = 1024;  // more are refused at once
    std::chrono::milliseconds wait{10'000};
  };
  Slots(io::Shard& shard, const Clock& clock, Limits limits)
      : shard_(shard), clock_(clock), limits_(limits) {}

  // Ends with the object, on the shard.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(Slots* slots) : slots_(slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->give_back();
    }

   private:
    Slots* slots_ = nullptr;
  };

  // Errors: kServerBusy.
  io::Task<Result<Slot>> take();

  // Refuses who waits and whoever comes later; completes when the last waiter is gone.
  io::Task<void> stop();

  // For any thread.
  std::uint64_t taken() const { return taken_shown_.value(); }
  std::uint64_t waiting() const { return waiting_shown_.value(); }
  std::uint64_t refused() const { return refused_.value(); }

 private:
  struct Waiter {
    std::coroutine_handle<> handle;
    Instant deadline;
    bool granted = false;
  };

  std::unexpected<Error> refuse();
  void give_back();
  void resume(Waiter& waiter, bool granted);
  void publish();
  io::Task<void> expire();

  io::Shard& shard_;
  const Clock& clock_;
  const Limits limits_;
  std::size_t taken_ = 0;
  std::deque<Waiter*> waiters_;
  bool expiring_ = false;
  bool stopped_ = false;
  Counter taken_shown_;
  Counter waiting_shown_;
  Counter refused_;
  io::TaskGroup tasks_;
};

}  // namespace lapis::source
