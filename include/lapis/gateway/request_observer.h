// RequestObserver: where a gateway reports each request that has ended: to its shard's metrics, to
// the access log, and to the daemon's log where it was slow. Each can be left out.
#pragma once

#include <chrono>
#include <memory>

#include "lapis/base/clock.h"
#include "lapis/base/cycles.h"
#include "lapis/gateway/access_log.h"
#include "lapis/gateway/request_metrics.h"

namespace lapis::gateway {

class SlowRequestLog;

struct ObserverOptions {
  RequestMetrics* metrics = nullptr;        // null: not counted
  AccessLogShard* access_log = nullptr;     // null: not written
  std::chrono::milliseconds slow_limit{0};  // zero: nothing is slow
};

// Lives on one shard; what the options name outlives it.
class RequestObserver {
 public:
  RequestObserver(const ObserverOptions& options, CycleScale scale, const Clock& clock);
  ~RequestObserver();
  void finished(const http::RequestFacts& facts);
  // How many were slow so far; for any thread.
  std::uint64_t slow_requests() const;

 private:
  const ObserverOptions options_;
  const std::unique_ptr<SlowRequestLog> slow_;
};

}  // namespace lapis::gateway
