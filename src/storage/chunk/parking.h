// Parking: coroutines of one executor that wait for something to change. Each looks again when
// woken, so a wake-up too many is harmless.
#pragma once

#include <coroutine>
#include <utility>
#include <vector>

#include "lapis/base/check.h"
#include "lapis/io/executor.h"

namespace lapis::storage {

// Lives on one executor.
class Parking {
 public:
  Parking() = default;
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;
  ~Parking() { LAPIS_CHECK(parked_.empty()); }

  // Awaitable: suspends until the next `wake_all`.
  auto park() {
    struct Awaiter {
      Parking& parking;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) const {
        parking.parked_.push_back(handle);
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

  // Posted rather than resumed here, so that the caller need not fear what they do.
  void wake_all() {
    for (const std::coroutine_handle<> handle : std::exchange(parked_, {})) {
      io::Executor::current()->post([handle] { handle.resume(); });
    }
  }

 private:
  std::vector<std::coroutine_handle<>> parked_;
};

}  // namespace lapis::storage
