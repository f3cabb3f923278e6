// SlowRequestLog: a warning in the daemon's log for a request that took longer than a limit until
// its answer began, with where the time went. A few a second at most; the rest are counted.
#pragma once

#include <chrono>
#include <cstdint>

#include "lapis/base/clock.h"
#include "lapis/base/cycles.h"
#include "lapis/base/metrics.h"
#include "lapis/http/server.h"

namespace lapis::gateway {

// Lives on one shard; `seen` is for any thread.
class SlowRequestLog {
 public:
  // A `limit` of zero: nothing is slow.
  SlowRequestLog(std::chrono::milliseconds limit, CycleScale scale, const Clock& clock);

  void look_at(const http::RequestFacts& facts) {
    if (limit_ns_ != 0 && scale_.nanoseconds(facts.trace.served) > limit_ns_) warn(facts);
  }
  // Requests that were slow, whether a line told of them or not.
  std::uint64_t seen() const { return seen_.value(); }

 private:
  void warn(const http::RequestFacts& facts);

  const std::uint64_t limit_ns_;
  const CycleScale scale_;
  const Clock& clock_;
  Instant second_{};          // since when lines are counted
  unsigned lines_ = 0;        // in it
  std::uint64_t untold_ = 0;  // since the last line
  Counter seen_;
};

}  // namespace lapis::gateway
