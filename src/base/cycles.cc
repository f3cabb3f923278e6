#include "lapis/base/cycles.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "lapis/base/clock.h"

namespace lapis {
namespace {

constexpr std::chrono::milliseconds kMeasured{5};

bool find_even_counter() {
#if defined(__x86_64__)
  // "Invariant TSC": leaf 0x80000007, EDX bit 8.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1u << 8)) != 0;
#else
  return false;
#endif
}

}  // namespace

namespace detail {

const bool has_even_counter = find_even_counter();

Cycles clock_cycles() {
  return static_cast<Cycles>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace detail

CycleScale CycleScale::measure() {
  const SystemClock clock;
  const Instant began = clock.instant();
  const Cycles first = cycles_now();
  Instant ended = began;
  while (ended - began < kMeasured) ended = clock.instant();
  const Cycles span = cycles_between(first, cycles_now());
  const std::chrono::duration<double, std::nano> passed = ended - began;
  return CycleScale(span == 0 ? 1.0 : passed.count() / static_cast<double>(span));
}

}  // namespace lapis
