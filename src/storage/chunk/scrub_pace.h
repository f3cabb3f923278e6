// How fast scrub reads: as slowly as its period allows, in small steps, and never above its limit.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "lapis/base/clock.h"
#include "lapis/storage/scrub.h"

namespace lapis::storage {

// What of a period a pass is spread over: the rest is for what comes in between.
inline constexpr double kSpread = 0.8;

// Bytes a second that would read `bytes_left` in what is left of a pass that has run for `elapsed`.
// Not limited by `options.rate`.
inline std::uint64_t wanted_rate(const ScrubOptions& options, std::uint64_t bytes_left,
                                 std::chrono::duration<double> elapsed) {
  const std::chrono::duration<double> period = options.period;
  const double time_left = period.count() * kSpread - std::max(elapsed.count(), 0.0);
  // Behind: all of it in what is left of the period, or what ought to be.
  const double seconds = std::max(time_left, period.count() * (1 - kSpread) / 2);
  const double rate = static_cast<double>(bytes_left) / std::max(seconds, 0.001);
  return std::max(options.min_rate, static_cast<std::uint64_t>(std::min(rate, 1e18)));
}

// Spaces reads so that they come to a rate, without making up for time that was lost.
class ScrubPace {
 public:
  // After `bytes` were read, at `now`: how long to rest.
  std::chrono::nanoseconds rest_after(std::uint64_t bytes, std::uint64_t rate, Instant now) {
    constexpr std::chrono::milliseconds kMostMadeUp{100};
    next_ = std::max(next_, now - kMostMadeUp);
    const double seconds = static_cast<double>(bytes) / static_cast<double>(std::max(rate, kLeast));
    next_ += std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(seconds));
    return std::max<Instant::duration>(next_ - now, Instant::duration::zero());
  }

 private:
  static constexpr std::uint64_t kLeast = 4096;
  Instant next_{};
};

}  // namespace lapis::storage
