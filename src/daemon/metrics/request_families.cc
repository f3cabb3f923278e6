// What was asked of the server, and how it went.
#include <map>
#include <string>

#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {
namespace {

constexpr double kNanosecond = 1e-9;

constexpr MetricName kRequests{"lapis_requests_total",
                               "Requests that have ended, by operation and outcome."};
constexpr MetricName kErrors{"lapis_request_errors_total", "Requests that failed, by error code."};
constexpr MetricName kAborted{"lapis_requests_aborted_total",
                              "Requests whose connection ended before their answer did."};
constexpr MetricName kIngress{"lapis_ingress_bytes_total", "Bytes of requests, heads included."};
constexpr MetricName kEgress{"lapis_egress_bytes_total", "Bytes of answers, heads included."};
constexpr MetricName kDuration{"lapis_request_duration_seconds",
                               "From a request's head to the last byte of its answer."};
constexpr MetricName kServerDuration{
    "lapis_request_server_duration_seconds",
    "Until the first byte of the answer was ready, without waiting for the client's body."};
constexpr MetricName kPhases{"lapis_request_phase_seconds",
                             "What requests spent their time on, where they spent any."};
constexpr MetricName kResponses{"lapis_responses_total",
                                "Answers by kind of credential and by Azure's response type."};

// "0" stands for the few statuses that are not counted by themselves.
std::string status_text(int status) { return status == 0 ? "other" : std::to_string(status); }

std::string_view code_text(std::string_view code) { return code.empty() ? "OK" : code; }

}  // namespace

void add_request_families(Families& families, const gateway::RequestTotals& totals) {
  std::map<std::pair<int, std::string_view>, std::uint64_t> errors;
  for (const gateway::OperationTotals& row : totals.operations) {
    for (const gateway::OutcomeTotal& outcome : row.outcomes) {
      const std::string status = status_text(outcome.status);
      const std::string_view code = code_text(outcome.code);
      families.counter(kRequests, {{"operation", row.name}, {"status", status}, {"code", code}},
                       outcome.count);
      if (!outcome.code.empty()) errors[{outcome.status, outcome.code}] += outcome.count;
    }
    families.counter(kAborted, {{"operation", row.name}}, row.aborted);
    families.counter(kIngress, {{"operation", row.name}}, row.ingress_bytes);
    families.counter(kEgress, {{"operation", row.name}}, row.egress_bytes);
    families.histogram(kDuration, {{"operation", row.name}}, row.total_time, kNanosecond);
    families.histogram(kServerDuration, {{"operation", row.name}}, row.server_time, kNanosecond);
  }
  for (const auto& [key, count] : errors) {
    const std::string status = status_text(key.first);
    families.counter(kErrors, {{"status", status}, {"code", key.second}}, count);
  }
  for (std::size_t i = 0; i < totals.phases.size(); ++i) {
    families.histogram(kPhases, {{"phase", gateway::to_string(static_cast<Phase>(i))}},
                       totals.phases[i], kNanosecond);
  }
  for (std::size_t kind = 0; kind < gateway::kAuthenticationCount; ++kind) {
    for (std::size_t type = 0; type < gateway::kResponseTypeCount; ++type) {
      const std::uint64_t count = totals.responses[kind][type];
      if (count == 0) continue;
      const auto authentication = static_cast<gateway::Authentication>(kind);
      const auto response = static_cast<gateway::ResponseType>(type);
      families.counter(kResponses,
                       {{"authentication", gateway::to_string(authentication)},
                        {"type", gateway::to_string(response)}},
                       count);
    }
  }
}

void add_server_families(Families& families, const MetricSources& sources) {
  if (sources.server != nullptr) {
    const http::ServerStats server = sources.server->stats();
    families.gauge({"lapis_requests_in_flight", "Requests that are being served."}, {},
                   server.in_flight);
    families.gauge({"lapis_connections", "Open connections of clients."}, {}, server.connections);
    families.counter({"lapis_connections_accepted_total", "Connections so far."}, {},
                     server.accepted);
  }
  if (!sources.observers.empty()) {
    std::uint64_t slow = 0;
    for (const gateway::RequestObserver* observer : sources.observers) {
      slow += observer->slow_requests();
    }
    families.counter({"lapis_slow_requests_total", "Requests above the limit slow_request."}, {},
                     slow);
  }
  if (sources.access_log != nullptr) {
    const gateway::AccessLogStats log = sources.access_log->stats();
    constexpr MetricName kDropped{"lapis_access_log_dropped_total",
                                  "Lines of the access log that were dropped."};
    families.counter({"lapis_access_log_lines_total", "Lines of the access log."}, {}, log.lines);
    families.counter(kDropped, {{"reason", "buffer_full"}}, log.dropped_full);
    families.counter(kDropped, {{"reason", "write_failed"}}, log.dropped_failed);
  }
}

}  // namespace lapis::daemon
