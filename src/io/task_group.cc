#include "lapis/io/task_group.h"

#include <utility>

#include "io/self_owned.h"
#include "lapis/base/check.h"

namespace lapis::io {

TaskGroup::~TaskGroup() { LAPIS_CHECK(running_ == 0); }

bool TaskGroup::spawn(Task<void> task) {
  if (closed_) return false;
  ++running_;
  run(*this, std::move(task));
  return true;
}

SelfOwned TaskGroup::run(TaskGroup& group, Task<void> task) {
  {
    // The task's frame goes before the group hears of its end: what it refers to may go then.
    Task<void> running = std::move(task);
    co_await std::move(running);
  }
  group.finished();
}

void TaskGroup::finished() {
  --running_;
  if (running_ == 0 && closer_) std::exchange(closer_, {}).resume();
}

Task<void> TaskGroup::close() {
  closed_ = true;
  return wait_until_empty();
}

Task<void> TaskGroup::wait_until_empty() {
  struct Awaiter {
    TaskGroup& group;
    bool await_ready() const noexcept { return group.running_ == 0; }
    void await_suspend(std::coroutine_handle<> handle) const {
      LAPIS_CHECK(!group.closer_);
      group.closer_ = handle;
    }
    void await_resume() const noexcept {}
  };
  co_await Awaiter{*this};
}

}  // namespace lapis::io
