#include "lapis/io/buffer_pool.h"

#include <coroutine>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "io/page_memory.h"
#include "lapis/base/check.h"
#include "lapis/base/metrics.h"
#include "lapis/io/executor.h"

namespace lapis::io {
namespace {

std::size_t class_of(std::size_t wanted) {
  return wanted <= BufferPool::kSmall ? BufferPool::kSmall : BufferPool::kLarge;
}

// A caller of `acquire` that waits; lives in that coroutine's frame.
struct Waiter {
  std::size_t size = 0;
  Instant deadline;
  std::byte* data = nullptr;  // stays null where the time was up
  Executor* home = nullptr;
  std::coroutine_handle<> handle;
};

}  // namespace

struct BufferPool::State {
  const std::uint64_t budget;
  const std::chrono::milliseconds max_wait;
  const Clock& clock;
  std::uint64_t in_use = 0;
  std::uint64_t idle = 0;  // bytes on the free lists
  std::vector<std::byte*> free_small;
  std::vector<std::byte*> free_large;
  std::byte* half = nullptr;    // of a huge page whose other half is a buffer
  std::deque<Waiter*> waiters;  // in order of arrival, so in order of deadline
  Counter shown_used;
  Counter shown_idle;
  Counter shown_waiting;
  Counter waits;
  Counter refused;

  // What stands above, for other threads to read.
  void publish() {
    shown_used.set(in_use);
    shown_idle.set(idle);
    shown_waiting.set(waiters.size());
  }

  std::vector<std::byte*>& free_list(std::size_t size) {
    return size == kSmall ? free_small : free_large;
  }

  void unmap_one(std::size_t size) {
    std::vector<std::byte*>& list = free_list(size);
    unmap_pages(list.back(), size);
    list.pop_back();
    idle -= size;
  }

  // A buffer of `size`, null where the budget is used up. Idle buffers of the other class give way.
  std::byte* take(std::size_t size) {
    std::vector<std::byte*>& list = free_list(size);
    std::byte* data = nullptr;
    if (!list.empty()) {
      data = list.back();
      list.pop_back();
      idle -= size;
    } else {
      if (in_use + size > budget) return nullptr;
      const std::size_t other = size == kSmall ? kLarge : kSmall;
      while (in_use + idle + size > budget) unmap_one(other);
      data = size == kLarge ? map_large() : map_pages(size);
    }
    if (data != nullptr) in_use += size;
    publish();
    return data;
  }

  // Two buffers share a huge page: the kernel then pins and copies them at a fraction of the cost.
  // The half that nobody has asked for yet stands beside the budget.
  std::byte* map_large() {
    if (half != nullptr) return std::exchange(half, nullptr);
    std::byte* const page = map_huge_page(2 * kLarge);
    if (page == nullptr) return map_pages(kLarge);
    half = page + kLarge;
    return page;
  }

  static void resume(Waiter& waiter) {
    waiter.home->post([handle = waiter.handle] { handle.resume(); });
  }

  // Hands buffers to the first waiters for as long as they fit.
  void serve() {
    while (!waiters.empty()) {
      Waiter& first = *waiters.front();
      first.data = take(first.size);
      if (first.data == nullptr) return;
      waiters.pop_front();
      resume(first);
    }
  }
};

Buffer::Buffer(Buffer&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  Buffer old(std::move(*this));
  pool_ = std::exchange(other.pool_, nullptr);
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Buffer::~Buffer() {
  if (data_ != nullptr) pool_->give_back(data_, size_);
}

BufferPool::BufferPool(std::uint64_t budget, std::chrono::milliseconds max_wait, const Clock& clock)
    : state_(std::make_unique<State>(budget, max_wait, clock)) {}

BufferPool::~BufferPool() {
  LAPIS_CHECK(state_->waiters.empty());
  LAPIS_CHECK(state_->in_use == 0);
  while (!state_->free_small.empty()) state_->unmap_one(kSmall);
  while (!state_->free_large.empty()) state_->unmap_one(kLarge);
  if (state_->half != nullptr) unmap_pages(state_->half, kLarge);
}

Task<Result<Buffer>> BufferPool::acquire(std::size_t wanted) {
  const std::size_t size = class_of(wanted);
  if (size > state_->budget) {
    co_return fail(ErrorCode::kServerBusy, "the buffer budget is smaller than one buffer");
  }
  if (Buffer buffer = try_acquire(wanted)) co_return std::move(buffer);
  struct Wait {
    State& state;
    Waiter waiter;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      LAPIS_CHECK(waiter.home != nullptr);
      waiter.handle = handle;
      state.waiters.push_back(&waiter);
      state.waits.add();
      state.publish();
    }
    std::byte* await_resume() const noexcept { return waiter.data; }
  };
  Wait wait{*state_, Waiter{}};
  wait.waiter.size = size;
  wait.waiter.deadline = state_->clock.instant() + state_->max_wait;
  wait.waiter.home = Executor::current();
  std::byte* data = co_await wait;
  if (data == nullptr) co_return fail(ErrorCode::kServerBusy, "no buffer within the limit");
  co_return Buffer(this, data, size);
}

Buffer BufferPool::try_acquire(std::size_t wanted) {
  // Those who wait came first.
  if (!state_->waiters.empty()) return {};
  const std::size_t size = class_of(wanted);
  std::byte* data = state_->take(size);
  if (data == nullptr) return {};
  return Buffer(this, data, size);
}

void BufferPool::expire_waiters() {
  std::deque<Waiter*>& waiters = state_->waiters;
  if (waiters.empty()) return;
  const Instant now = state_->clock.instant();
  while (!waiters.empty() && waiters.front()->deadline <= now) {
    Waiter& waiter = *waiters.front();
    waiters.pop_front();
    state_->refused.add();
    State::resume(waiter);
  }
  // One that needed much may have stood before one that needs little.
  state_->serve();
  state_->publish();
}

bool BufferPool::has_waiters() const { return !state_->waiters.empty(); }

std::uint64_t BufferPool::bytes_in_use() const { return state_->in_use; }

BufferPoolStats BufferPool::stats() const {
  return {.budget_bytes = state_->budget,
          .used_bytes = state_->shown_used.value(),
          .idle_bytes = state_->shown_idle.value(),
          .waiting = state_->shown_waiting.value(),
          .waits = state_->waits.value(),
          .refused = state_->refused.value()};
}

void BufferPool::give_back(std::byte* data, std::size_t size) {
  state_->free_list(size).push_back(data);
  state_->in_use -= size;
  state_->idle += size;
  state_->serve();
  state_->publish();
}

}  // namespace lapis::io
