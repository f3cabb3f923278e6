// PendingQueue: transactions that wait for the committer. Many threads push, one takes; bounded, so
// that an overload is refused instead of queued for ever (I11).
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <mutex>

#include "lapis/base/result.h"
#include "lapis/io/executor.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

// One waiting transaction. Lives in its awaiter's frame and belongs to the committer from `push`
// until the awaiter is resumed.
struct Pending {
  Transaction fn;
  io::Executor* home = nullptr;
  std::coroutine_handle<> awaiter;
  Result<void> result = {};
};

// Thread-safe.
class PendingQueue {
 public:
  explicit PendingQueue(std::size_t limit) : limit_(limit) {}

  // Errors: kServerBusy where the queue is full or closed; `pending` is then still the caller's.
  Result<void> push(Pending& pending);
  // The oldest; null when none waits.
  Pending* try_take();
  // The oldest, waiting for one; null when the queue is closed and empty.
  Pending* take();
  void close();
  std::size_t size() const;

 private:
  Pending* pop_front();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Pending*> queue_;
  bool closed_ = false;
};

}  // namespace lapis::storage
