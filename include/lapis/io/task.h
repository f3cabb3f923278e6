// Task<T>: a lazy coroutine with one awaiter. It starts when awaited and resumes its awaiter by
// symmetric transfer, so chains of any depth use no stack. Used by everything above io.
// A Task is awaited at most once and lives on the thread that awaits it, unless what it awaits
// moves it (everything in Lapis resumes on the executor it was awaited on).
//
// A task may carry the trace of the request it works for; what it awaits carries the same. A task
// that is started instead of awaited carries none.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/io/frame_pool.h"

namespace lapis {
struct RequestTrace;
}

namespace lapis::io {

template <class T>
class Task;
template <class T>
class Started;

namespace detail {

struct TaskPromiseBase {
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }

  std::coroutine_handle<> awaiter = std::noop_coroutine();
  std::exception_ptr exception;
  RequestTrace* trace = nullptr;

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
      return self.promise().awaiter;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void take() {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // This task, working for the request of `trace` (null: of none), which outlives it.
  Task traced(RequestTrace* trace) && {
    handle_.promise().trace = trace;
    return std::move(*this);
  }

  auto operator co_await() && noexcept {
    LAPIS_CHECK(handle_);
    return Awaiter{handle_};
  }

 private:
  friend class Started<T>;

  struct Awaiter {
    std::coroutine_handle<promise_type> handle;
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> awaiter) noexcept {
      promise_type& promise = handle.promise();
      promise.awaiter = awaiter;
      if constexpr (requires { awaiter.promise().trace; }) {
        if (promise.trace == nullptr) promise.trace = awaiter.promise().trace;
      }
      return handle;
    }
    T await_resume() { return handle.promise().take(); }
  };

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

// Awaitable in a Task, without suspending it: the trace that it carries, null where none.
struct CurrentTrace {
  RequestTrace* trace = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> task) noexcept {
    trace = task.promise().trace;
    return false;
  }
  RequestTrace* await_resume() const noexcept { return trace; }
};
inline CurrentTrace current_trace() { return {}; }

}  // namespace lapis::io
