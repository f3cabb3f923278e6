#include "gateway/slow_request_log.h"

#include <string>
#include <utility>

#include "gateway/access_log/redaction.h"
#include "lapis/base/log.h"
#include "lapis/gateway/request_metrics.h"

namespace lapis::gateway {
namespace {

constexpr unsigned kLinesPerSecond = 5;

}  // namespace

SlowRequestLog::SlowRequestLog(std::chrono::milliseconds limit, CycleScale scale,
                               const Clock& clock)
    : limit_ns_(static_cast<std::uint64_t>(std::chrono::nanoseconds(limit).count())),
      scale_(scale),
      clock_(clock) {}

void SlowRequestLog::warn(const http::RequestFacts& facts) {
  seen_.add();
  const Instant now = clock_.instant();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    lines_ = 0;
  }
  if (lines_ == kLinesPerSecond) {
    ++untold_;
    return;
  }
  ++lines_;
  const RequestTrace& trace = facts.trace;
  const auto millis = [&](Cycles span) { return scale_.nanoseconds(span) / 1'000'000; };
  const auto phase = [&](Phase which) {
    return scale_.nanoseconds(trace.spent[static_cast<std::size_t>(which)]) / 1'000;
  };
  const std::string& target = facts.request.target;
  log_warn("slow", "request was slow",
           {{"operation", operation_name(trace.route)},
            {"request_id", facts.response.headers.get("x-ms-request-id")},
            {"method", facts.request.method_text},
            {"path", redact(target.substr(0, target.find('?')))},
            {"client", facts.request.peer_address},
            {"status", facts.response.status},
            {"server_ms", millis(trace.served)},
            {"total_ms", millis(cycles_between(trace.began, trace.ended))},
            {"authorize_us", phase(Phase::kAuthorize)},
            {"receive_us", phase(Phase::kReceive)},
            {"metadata_us", phase(Phase::kMetadata)},
            {"data_us", phase(Phase::kData)},
            {"send_us", phase(Phase::kSend)},
            {"bytes_in", facts.request_body_bytes},
            {"bytes_out", facts.response_body_bytes},
            {"not_shown", std::exchange(untold_, 0)}});
}

}  // namespace lapis::gateway
