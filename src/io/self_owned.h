// SelfOwned: a coroutine that runs at once and frees its own frame at the end. Whoever starts one
// sees to it that its end is waited for (a TaskGroup's count, a promise); an exception that leaves
// it ends the process.
#pragma once

#include <coroutine>
#include <exception>

namespace lapis::io {

struct SelfOwned {
  struct promise_type {
    SelfOwned get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace lapis::io
