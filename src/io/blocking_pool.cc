#include "lapis/io/blocking_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "io/thread_setup.h"

namespace lapis::io {

struct BlockingPool::State {
  const std::size_t queue_limit;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Work> queue;
  bool closing = false;
  std::vector<std::thread> threads;

  // The next job; empty once the pool closes and nothing is queued.
  Work next() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closing || !queue.empty(); });
    if (queue.empty()) return {};
    Work work = std::move(queue.front());
    queue.pop_front();
    return work;
  }

  void work_until_closed(std::size_t index) {
    set_up_thread("lapis-block-" + std::to_string(index), false);
    while (Work work = next()) work();
  }
};

BlockingPool::BlockingPool(std::size_t threads, std::size_t queue_limit)
    : state_(std::make_unique<State>(queue_limit)) {
  LAPIS_CHECK(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    state_->threads.emplace_back(&State::work_until_closed, state_.get(), i);
  }
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

std::size_t BlockingPool::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

bool BlockingPool::submit(Work work) {
  {
    const std::lock_guard lock(state_->mutex);
    LAPIS_CHECK(!state_->closing);
    if (state_->queue.size() >= state_->queue_limit) return false;
    state_->queue.push_back(std::move(work));
  }
  state_->changed.notify_one();
  return true;
}

}  // namespace lapis::io
