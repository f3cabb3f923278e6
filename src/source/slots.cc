#include "source/slots.h"

namespace lapis::source {
namespace {

constexpr std::chrono::milliseconds kExpiryStep{100};

}  // namespace

std::unexpected<Error> Slots::refuse() {
  refused_.add();
  return fail(ErrorCode::kServerBusy, "too many copies at once");
}

void Slots::publish() {
  taken_shown_.set(taken_);
  waiting_shown_.set(waiters_.size());
}

io::Task<Result<Slots::Slot>> Slots::take() {
  if (stopped_) co_return refuse();
  if (taken_ < limits_.slots && waiters_.empty()) {
    ++taken_;
    publish();
    co_return Slot(this);
  }
  if (waiters_.size() >= limits_.waiting) co_return refuse();
  struct Wait {
    Slots& slots;
    Waiter waiter;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter.handle = handle;
      slots.waiters_.push_back(&waiter);
      slots.publish();
    }
    bool await_resume() const noexcept { return waiter.granted; }
  };
  if (!std::exchange(expiring_, true)) tasks_.spawn(expire());
  Wait wait{*this, Waiter{}};
  wait.waiter.deadline = clock_.instant() + limits_.wait;
  const bool granted = co_await wait;
  if (!granted) co_return refuse();
  co_return Slot(this);
}

// Through the loop: who gives back must not run what waited.
void Slots::resume(Waiter& waiter, bool granted) {
  waiter.granted = granted;
  shard_.post([handle = waiter.handle] { handle.resume(); });
}

void Slots::give_back() {
  if (waiters_.empty()) {
    --taken_;
  } else {
    Waiter& next = *waiters_.front();
    waiters_.pop_front();
    resume(next, true);
  }
  publish();
}

io::Task<void> Slots::expire() {
  while (!waiters_.empty()) {
    const Instant now = clock_.instant();
    while (!waiters_.empty() && (stopped_ || waiters_.front()->deadline <= now)) {
      Waiter& waiter = *waiters_.front();
      waiters_.pop_front();
      resume(waiter, false);
    }
    publish();
    co_await shard_.sleep(kExpiryStep);
  }
  expiring_ = false;
}

io::Task<void> Slots::stop() {
  stopped_ = true;
  co_await tasks_.close();
}

}  // namespace lapis::source
