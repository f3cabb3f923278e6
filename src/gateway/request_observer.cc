#include "lapis/gateway/request_observer.h"

#include "gateway/slow_request_log.h"

namespace lapis::gateway {

RequestObserver::RequestObserver(const ObserverOptions& options, CycleScale scale,
                                 const Clock& clock)
    : options_(options),
      slow_(std::make_unique<SlowRequestLog>(options.slow_limit, scale, clock)) {}

RequestObserver::~RequestObserver() = default;

std::uint64_t RequestObserver::slow_requests() const { return slow_->seen(); }

void RequestObserver::finished(const http::RequestFacts& facts) {
  if (options_.metrics != nullptr) options_.metrics->record(facts);
  if (options_.access_log != nullptr) options_.access_log->add(facts);
  slow_->look_at(facts);
}

}  // namespace lapis::gateway
