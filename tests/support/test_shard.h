// A real shard for a test, and how the test's thread runs a coroutine on it.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "lapis/base/clock.h"
#include "lapis/base/error.h"
#include "lapis/base/result.h"
#include "lapis/io/shard.h"
#include "lapis/io/task.h"

namespace lapis::test {

// Starts a shard; throws where the machine refuses io_uring.
inline std::unique_ptr<io::Shard> start_shard(const io::ShardOptions& options, const Clock& clock) {
  Result<std::unique_ptr<io::Shard>> shard = io::Shard::start(options, clock);
  if (!shard) throw std::runtime_error("shard: " + to_string(shard.error()));
  return *std::move(shard);
}

// A shard on the machine's clock, stopped at the end of the test.
class TestShard {
 public:
  explicit TestShard(const io::ShardOptions& options = {}) : shard_(start_shard(options, clock_)) {}

  io::Shard& operator*() const { return *shard_; }
  io::Shard* operator->() const { return shard_.get(); }
  operator io::Shard&() const { return *shard_; }

 private:
  SystemClock clock_;
  std::unique_ptr<io::Shard> shard_;
};

namespace detail {

template <class T>
struct TaskValue;
template <class T>
struct TaskValue<io::Task<T>> {
  using Type = T;
};

// Not a lambda: its arguments live in run_on's frame until the shard has finished the task.
template <class F, class T>
io::Task<void> keep_value(F& factory, std::optional<T>& value) {
  value.emplace(co_await factory());
}

template <class F>
io::Task<void> call(F& factory) {
  co_await factory();
}

}  // namespace detail

// Calls `factory` on the shard, runs the Task<T> that it returns to its end and returns the value.
// The factory may be a capturing lambda that is itself a coroutine:
//
//   auto result = run_on(shard, [&]() -> io::Task<Result<void>> { co_return co_await f(); });
//
// It stays alive until the task has ended. From the test's thread only; exceptions come through.
template <class F>
auto run_on(io::Shard& shard, F factory) {
  using T = typename detail::TaskValue<std::invoke_result_t<F&>>::Type;
  if constexpr (std::is_void_v<T>) {
    shard.run(detail::call(factory));
  } else {
    std::optional<T> value;
    shard.run(detail::keep_value(factory, value));
    return *std::move(value);
  }
}

}  // namespace lapis::test
