// Time, injected: nothing outside src/base reads a clock of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace lapis {

// Azure's resolution: 100 ns.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
// Wall-clock time (UTC, Unix epoch).
using Timestamp = std::chrono::sys_time<Ticks>;
// Monotonic time, for intervals and deadlines.
using Instant = std::chrono::steady_clock::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
  virtual Instant instant() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  Instant instant() const override;
};

}  // namespace lapis
