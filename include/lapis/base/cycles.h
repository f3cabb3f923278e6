// Cheap time for measuring where a request spends its own: the processor's time stamp counter where
// it runs evenly, else the monotonic clock. For durations only; deadlines use Clock.
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace lapis {

// A moment, in units that only a CycleScale knows.
using Cycles = std::uint64_t;

namespace detail {
// Whether the counter runs at one rate, in every state of the processor.
extern const bool has_even_counter;
Cycles clock_cycles();
}  // namespace detail

// A few nanoseconds; thread-safe.
inline Cycles cycles_now() {
#if defined(__x86_64__)
  if (detail::has_even_counter) return __rdtsc();
#endif
  return detail::clock_cycles();
}

// What a cycle is worth. A plain value.
class CycleScale {
 public:
  explicit CycleScale(double nanoseconds_per_cycle = 1.0) : per_cycle_(nanoseconds_per_cycle) {}

  // Compares the counter with the monotonic clock for some milliseconds: once, by main.
  static CycleScale measure();

  std::uint64_t nanoseconds(Cycles span) const {
    return static_cast<std::uint64_t>(static_cast<double>(span) * per_cycle_);
  }

 private:
  double per_cycle_;
};

// How much later `to` is; 0 where it is not.
constexpr Cycles cycles_between(Cycles from, Cycles to) { return to > from ? to - from : 0; }

}  // namespace lapis
