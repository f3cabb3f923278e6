// Chore: a piece of background work that any thread may ask for and that never runs twice at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "lapis/io/shard.h"
#include "lapis/io/task.h"
#include "lapis/io/task_group.h"
#include "storage/chunk/parking.h"

namespace lapis::storage {

// Runs on `shard` as a task of `group`, which lives there; closing the group ends it. Outlived by
// both.
class Chore {
 public:
  using Body = std::move_only_function<io::Task<void>()>;

  Chore(io::Shard& shard, io::TaskGroup& group, Body body)
      : shard_(shard), group_(group), body_(std::move(body)) {}

  // The body runs at least once more, beginning after this call. Any thread; cheap when repeated.
  void poke();

  // Completes when a run that began after this call has ended, or none can begin any more because
  // the group is closed. On the shard, by another task than the body's own.
  io::Task<void> run_through();

 private:
  void request();
  io::Task<void> loop();

  io::Shard& shard_;
  io::TaskGroup& group_;
  Body body_;
  std::atomic<bool> poked_ = false;

  // On the shard only.
  bool running_ = false;
  bool wanted_ = false;
  bool closed_ = false;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  Parking waiters_;
};

}  // namespace lapis::storage
