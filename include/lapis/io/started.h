// Started<T>: a task that runs while its owner does something else, and is joined later. It is how
// a disk write overlaps with filling the next buffer:
//
//   Started<Result<void>> write(file.write_at(offset, full));
//   auto filled = co_await body.read(other);
//   auto written = co_await write.join();   // on every path, before anything else may return
//
// It allocates nothing beside the task's own frame.
#pragma once

#include <coroutine>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/io/task.h"

namespace lapis::io {

// Lives on one executor. A task that has been started must be joined before its Started is
// destroyed or assigned to: what it refers to may be in the kernel's hands until then (checked).
// A path that returns early joins first.
template <class T>
class [[nodiscard]] Started {
 public:
  Started() = default;
  // Runs `task` now, up to its first suspension.
  explicit Started(Task<T> task) : task_(std::move(task)) {
    LAPIS_CHECK(task_.handle_);
    task_.handle_.resume();
  }
  Started(Started&& other) noexcept = default;
  Started& operator=(Started&& other) noexcept {
    LAPIS_CHECK(!pending());
    task_ = std::move(other.task_);
    return *this;
  }
  ~Started() { LAPIS_CHECK(!pending()); }

  // True while there is something to join.
  bool pending() const { return static_cast<bool>(task_.handle_); }
  // True once the task has ended; `join` then completes at once. Only while pending.
  bool done() const {
    LAPIS_CHECK(pending());
    return task_.handle_.done();
  }

  // Awaitable: waits for the task's end and takes its value (or rethrows what left it). Only while
  // pending. The Started may be reused afterwards; it stays where it is until then.
  auto join() {
    struct Awaiter {
      Task<T> task;
      bool await_ready() const noexcept { return task.handle_.done(); }
      void await_suspend(std::coroutine_handle<> joiner) noexcept {
        task.handle_.promise().awaiter = joiner;
      }
      T await_resume() { return task.handle_.promise().take(); }
    };
    LAPIS_CHECK(pending());
    return Awaiter{std::move(task_)};
  }

 private:
  Task<T> task_;
};

}  // namespace lapis::io
