// A door that coroutines wait at until the test opens it.
#pragma once

#include <coroutine>
#include <utility>
#include <vector>

namespace lapis::test {

// One thread. `co_await gate` waits; `open` resumes all that wait, in order, and lets later ones
// by.
class Gate {
 public:
  bool await_ready() const noexcept { return open_; }
  void await_suspend(std::coroutine_handle<> handle) { waiting_.push_back(handle); }
  void await_resume() const noexcept {}

  void open() {
    open_ = true;
    for (const std::coroutine_handle<> handle : std::exchange(waiting_, {})) handle.resume();
  }

 private:
  bool open_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

}  // namespace lapis::test
