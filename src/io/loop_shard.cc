#include "io/loop_shard.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <string>
#include <utility>

#include "io/current_shard.h"
#include "io/retry_eintr.h"
#include "io/run_and_report.h"
#include "io/thread_setup.h"
#include "lapis/base/check.h"
#include "lapis/io/file.h"

namespace lapis::io {
namespace {

// How many of Asio's handlers run before files and posted work have their turn.
constexpr int kHandlersPerTurn = 64;
// How often waiters for buffers are looked at, while there are any: about once a second, more often
// where they may wait less than some seconds.
std::chrono::milliseconds tick_for(std::chrono::milliseconds buffer_wait) {
  return std::clamp(buffer_wait / 4, std::chrono::milliseconds(10),
                    std::chrono::milliseconds(1000));
}

}  // namespace

LoopShard::LoopShard(const ShardOptions& options, const Clock& clock)
    : options_(options),
      context_(1),
      buffers_(options.buffer_budget_bytes, options.buffer_wait, clock) {}

LoopShard::~LoopShard() { stop(); }

BufferPool& LoopShard::buffers() {
  LAPIS_CHECK(Shard::current() == this);
  return buffers_;
}

TaskGroup& LoopShard::tasks() {
  LAPIS_CHECK(Shard::current() == this);
  return tasks_;
}

Result<void> LoopShard::start_thread() {
  std::promise<Result<void>> ready;
  std::future<Result<void>> outcome = ready.get_future();
  thread_ = std::thread(&LoopShard::thread_main, this, std::move(ready));
  return outcome.get();
}

void LoopShard::thread_main(std::promise<Result<void>> ready) {
  const std::string name = options_.background ? "lapis-bg-" : "lapis-io-";
  set_up_thread(name + std::to_string(options_.index), options_.background);
  const Scope scope(*this);
  const CurrentShardScope shard_scope(*this);
  Result<void> outcome = set_up();
  const bool ok = outcome.has_value();
  ready.set_value(std::move(outcome));
  if (ok) loop();
  tear_down();
}

Result<void> LoopShard::set_up() {
  LAPIS_TRY(ring_, FileRing::open(options_.ring_depth));
  try {
    work_.emplace(context_.get_executor());
    event_.emplace(context_);
    UniqueFd event_fd = ring_->take_event_fd();
    wake_fd_ = UniqueFd(::fcntl(event_fd.get(), F_DUPFD_CLOEXEC, 0));
    if (wake_fd_.get() < 0) return fail(from_errno(errno, "event descriptor"));
    event_->assign(event_fd.release());
    tick_.emplace(context_);
    arm_event();
  } catch (const boost::system::system_error& error) {
    return fail(from_errno(error.code().value(), "event loop"));
  }
  return {};
}

void LoopShard::loop() {
  while (!stopping_) {
    if (!tick_armed_ && buffers_.has_waiters()) arm_tick();
    bool busy = run_ready();
    busy |= run_posted();
    busy |= ring_->submit();
    busy |= ring_->reap();
    if (busy) continue;
    arm_event();
    if (!ring_->has_completions()) context_.run_one();
  }
}

bool LoopShard::run_ready() {
  int handlers = 0;
  while (handlers < kHandlersPerTurn && context_.poll_one() != 0) ++handlers;
  return handlers != 0;
}

bool LoopShard::run_posted() {
  std::vector<Work> here = std::exchange(posted_here_, {});
  std::vector<Work> elsewhere = posted_.take();
  for (Work& work : here) work();
  for (Work& work : elsewhere) work();
  return !here.empty() || !elsewhere.empty();
}

// Not re-armed by its handler: while the loop is busy it looks at the queue anyway, and completions
// only raise the eventfd's counter.
void LoopShard::arm_event() {
  if (event_armed_) return;
  event_armed_ = true;
  event_->async_read_some(
      boost::asio::buffer(&event_count_, sizeof event_count_),
      [this](const boost::system::error_code&, std::size_t) { event_armed_ = false; });
}

void LoopShard::arm_tick() {
  tick_armed_ = true;
  tick_->expires_after(tick_for(options_.buffer_wait));
  tick_->async_wait([this](const boost::system::error_code& error) {
    tick_armed_ = false;
    if (!error) buffers_.expire_waiters();
  });
}

// Everything that the loop itself has open in Asio is cancelled and seen to end before the context
// goes: its io_uring back end may hang when it is shut down with operations open.
void LoopShard::tear_down() {
  if (tick_armed_) tick_->cancel();
  if (event_armed_) event_->cancel();
  while (tick_armed_ || event_armed_) context_.run_one();
  tick_.reset();
  event_.reset();
  work_.reset();
  while (context_.poll_one() != 0) {
  }
  ring_.reset();
  posted_here_.clear();
}

void LoopShard::post(Work work) {
  if (Shard::current() == this) {
    posted_here_.push_back(std::move(work));
  } else if (posted_.push(std::move(work))) {
    wake();
  }
}

// The counter can't overflow: a write is made at most once a turn, and sleeping reads it.
void LoopShard::wake() {
  if (!wake_fd_) return;  // the set-up failed: there is no loop
  const std::uint64_t one = 1;
  LAPIS_CHECK(retry_eintr([&] { return ::write(wake_fd_.get(), &one, sizeof one); }) == sizeof one);
}

Task<void> LoopShard::sleep(std::chrono::milliseconds delay) {
  LAPIS_CHECK(Shard::current() == this);
  boost::asio::steady_timer timer(context_, delay);
  struct Awaiter {
    boost::asio::steady_timer& timer;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const {
      timer.async_wait([handle](const boost::system::error_code&) { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };
  co_await Awaiter{timer};
}

void LoopShard::run(Task<void> task) {
  LAPIS_CHECK(Shard::current() == nullptr);
  std::promise<void> done;
  std::future<void> outcome = done.get_future();
  post([task = std::move(task), done = std::move(done)]() mutable {
    run_and_report(std::move(task), std::move(done));
  });
  outcome.get();
}

void LoopShard::stop() {
  if (!thread_.joinable()) return;
  LAPIS_CHECK(Shard::current() != this);
  post([this] { stopping_ = true; });
  thread_.join();
  posted_.close().clear();
}

}  // namespace lapis::io
