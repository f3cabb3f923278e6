// InlineExecutor: an executor whose queue is cranked by the test's own thread. Lets a test await
// tasks that leave the thread (a committer, a blocking pool) without starting a shard.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/io/executor.h"
#include "lapis/io/task.h"
#include "lapis/io/task_group.h"

namespace lapis::test {

// `post` is thread-safe; everything else belongs to the thread that cranks.
class InlineExecutor final : public io::Executor {
 public:
  ~InlineExecutor() override {
    std::deque<io::Work> unrun;
    const std::lock_guard lock(mutex_);
    unrun.swap(queue_);
  }

  // Notifies under the lock: the last thing a posting thread does may be what lets the test end.
  void post(io::Work work) override {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    ready_.notify_one();
  }

  // Runs what is queued now, and what that queues; returns how many ran. Never waits.
  std::size_t run_pending() {
    const Scope here(*this);
    std::size_t count = 0;
    while (std::optional<io::Work> work = take(std::chrono::seconds(0))) {
      (*work)();
      ++count;
    }
    return count;
  }

  // Runs `task` to its end on this thread and returns its value; what it throws comes out here.
  // Work from other threads is waited for: a minute without any ends the process.
  template <class T>
  T run_task(io::Task<T> task) {
    const Scope here(*this);
    std::optional<Ended<T>> ended;
    io::TaskGroup group;
    LAPIS_CHECK(group.spawn(finish(std::move(task), ended)));
    while (!ended || group.size() != 0) {
      std::optional<io::Work> work = take(std::chrono::seconds(60));
      LAPIS_CHECK(work);
      (*work)();
    }
    if (ended->exception) std::rethrow_exception(ended->exception);
    if constexpr (!std::is_void_v<T>) return std::move(*ended->value);
  }

 private:
  struct Nothing {};
  template <class T>
  struct Ended {
    std::optional<std::conditional_t<std::is_void_v<T>, Nothing, T>> value;
    std::exception_ptr exception;
  };

  template <class T>
  static io::Task<void> finish(io::Task<T> task, std::optional<Ended<T>>& ended) {
    Ended<T> end;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
      } else {
        end.value.emplace(co_await std::move(task));
      }
    } catch (...) {
      end.exception = std::current_exception();
    }
    ended.emplace(std::move(end));
  }

  std::optional<io::Work> take(std::chrono::seconds patience) {
    std::unique_lock lock(mutex_);
    if (!ready_.wait_for(lock, patience, [this] { return !queue_.empty(); })) return std::nullopt;
    std::optional<io::Work> work(std::move(queue_.front()));
    queue_.pop_front();
    return work;
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<io::Work> queue_;
};

}  // namespace lapis::test
