// A task run for a thread that waits for it.
#pragma once

#include <exception>
#include <future>
#include <utility>

#include "io/self_owned.h"
#include "lapis/io/task.h"

namespace lapis::io {

// Runs `task`, frees its frame, then tells the outcome to whoever waits on `done`.
inline SelfOwned run_and_report(Task<void> task, std::promise<void> done) {
  std::exception_ptr failure;
  try {
    Task<void> running = std::move(task);
    co_await std::move(running);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    done.set_exception(std::move(failure));
  } else {
    done.set_value();
  }
}

}  // namespace lapis::io
