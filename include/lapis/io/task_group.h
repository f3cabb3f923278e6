// TaskGroup: the owner of coroutines that nobody awaits. Every coroutine is either awaited or in a
// group; closing a group refuses new work and waits for what runs, so shutdown has an end.
#pragma once

#include <coroutine>
#include <cstddef>

#include "lapis/io/task.h"

namespace lapis::io {

struct SelfOwned;

// Lives on one executor; all calls are made there.
class TaskGroup {
 public:
  TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();  // checks that it is empty

  // Starts `task` now, up to its first suspension. False (the task is destroyed unstarted) where
  // the group is closed. An exception that leaves a task ends the process.
  bool spawn(Task<void> task);

  // Refuses further tasks from the call on; completes when the last running one has ended (its
  // frame is gone by then). Awaited at most once.
  Task<void> close();

  std::size_t size() const { return running_; }

 private:
  static SelfOwned run(TaskGroup& group, Task<void> task);
  void finished();
  Task<void> wait_until_empty();

  std::size_t running_ = 0;
  bool closed_ = false;
  std::coroutine_handle<> closer_;
};

}  // namespace lapis::io
