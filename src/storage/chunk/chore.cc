#include "storage/chunk/chore.h"

namespace lapis::storage {

void Chore::poke() {
  if (poked_.exchange(true)) return;
  shard_.post([this] {
    poked_.store(false);
    request();
  });
}

io::Task<void> Chore::run_through() {
  const std::uint64_t run = begun_ + 1;
  request();
  while (!closed_ && ended_ < run) co_await waiters_.park();
}

void Chore::request() {
  wanted_ = true;
  if (running_) return;
  running_ = true;
  if (!group_.spawn(loop())) {
    running_ = false;
    closed_ = true;
    waiters_.wake_all();
  }
}

io::Task<void> Chore::loop() {
  while (wanted_) {
    wanted_ = false;
    ++begun_;
    co_await body_();
    ++ended_;
    waiters_.wake_all();
  }
  running_ = false;
}

}  // namespace lapis::storage
