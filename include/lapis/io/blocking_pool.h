// A few threads for calls that block (RocksDB misses, directory operations), so that a shard never
// does. Thread-safe.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/request_trace.h"
#include "lapis/base/result.h"
#include "lapis/io/executor.h"
#include "lapis/io/task.h"

namespace lapis::io {

class BlockingPool {
 public:
  // `queue_limit`: how many jobs may wait; more are refused with kServerBusy.
  BlockingPool(std::size_t threads, std::size_t queue_limit);
  ~BlockingPool();  // finishes what is queued
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // False where the queue is full.
  bool submit(Work work);

  // Jobs that no thread has begun.
  std::size_t waiting() const;

  // Runs `fn`, which returns a Result, on a pool thread and resumes on the executor it was awaited
  // on. One thread round trip. What `fn` refers to must live until then; what it throws comes out
  // of the await.
  template <class F, class R = std::invoke_result_t<F&>>
  Task<R> run(F fn) {
    std::optional<R> result;
    struct Awaiter {
      BlockingPool& pool;
      F& fn;
      std::optional<R>& result;
      std::exception_ptr failure = {};
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> handle) {
        Executor* home = Executor::current();
        LAPIS_CHECK(home != nullptr);
        if (pool.submit([this, home, handle] {
              try {
                result.emplace(fn());
              } catch (...) {
                failure = std::current_exception();
              }
              home->post([handle] { handle.resume(); });
            })) {
          return true;
        }
        result.emplace(fail(ErrorCode::kServerBusy, "blocking pool is full"));
        return false;
      }
      void await_resume() const {
        if (failure) std::rethrow_exception(failure);
      }
    };
    // What a request asks of the pool is rows that are not in memory.
    const PhaseTimer waiting(co_await current_trace(), Phase::kMetadata);
    Awaiter done{*this, fn, result};
    co_await done;
    co_return std::move(*result);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapis::io
