#include "storage/meta/pending_queue.h"

namespace lapis::storage {

Result<void> PendingQueue::push(Pending& pending) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(ErrorCode::kServerBusy, "the metadata store is closing");
    if (queue_.size() >= limit_) {
      return fail(ErrorCode::kServerBusy, "too many transactions wait");
    }
    queue_.push_back(&pending);
  }
  changed_.notify_one();
  return {};
}

Pending* PendingQueue::try_take() {
  const std::lock_guard lock(mutex_);
  return pop_front();
}

Pending* PendingQueue::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
  return pop_front();
}

void PendingQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

std::size_t PendingQueue::size() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

Pending* PendingQueue::pop_front() {
  if (queue_.empty()) return nullptr;
  Pending* const oldest = queue_.front();
  queue_.pop_front();
  return oldest;
}

}  // namespace lapis::storage
