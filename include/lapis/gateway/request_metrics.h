// RequestMetrics: what the requests of one shard came to, counted when each has ended. The labels
// are few and fixed: operations of the route table, error codes, kinds of credential; never a name
// that a client chose.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lapis/base/cycles.h"
#include "lapis/base/metrics.h"
#include "lapis/http/server.h"

namespace lapis::gateway {

// By what a client showed who it is.
enum class Authentication : std::uint8_t { kAnonymous, kAccountKey, kSas, kOAuth };
inline constexpr std::size_t kAuthenticationCount = 4;
std::string_view to_string(Authentication kind);  // as Azure's logs name it

// How an answer counts in Azure's metrics ("ResponseType").
enum class ResponseType : std::uint8_t {
  kSuccess,
  kClientOtherError,
  kClientTimeoutError,
  kAuthorizationError,
  kNetworkError,
  kServerBusyError,
  kServerTimeoutError,
  kServerOtherError,
};
inline constexpr std::size_t kResponseTypeCount = 8;
std::string_view to_string(ResponseType type);

// What was offered where the gate let nobody pass, else what was accepted.
Authentication authentication_of(const http::RequestFacts& facts);
ResponseType response_type_of(const http::RequestFacts& facts);
// "PutBlob"; "Unknown" where no operation was found. `route` as RequestTrace notes it.
std::string_view operation_name(std::optional<std::uint16_t> route);

// Requests of one operation that ended in one way.
struct OutcomeTotal {
  int status = 0;         // 0: one that is not listed by itself
  std::string_view code;  // Azure's error code; empty: success
  std::uint64_t count = 0;
};

struct OperationTotals {
  std::string_view name;
  std::vector<OutcomeTotal> outcomes;  // those that happened
  std::uint64_t aborted = 0;           // the connection ended before the answer did
  std::uint64_t ingress_bytes = 0;
  std::uint64_t egress_bytes = 0;
  HistogramSnapshot total_time;   // nanoseconds
  HistogramSnapshot server_time;  // until the first byte of the answer was ready
};

struct RequestTotals {
  std::vector<OperationTotals> operations;  // those that were asked for
  std::array<HistogramSnapshot, kPhaseCount> phases;
  std::array<std::array<std::uint64_t, kResponseTypeCount>, kAuthenticationCount> responses{};
};

// `record` belongs to one shard; `add_to` is for any thread.
class RequestMetrics {
 public:
  explicit RequestMetrics(CycleScale scale);
  ~RequestMetrics();
  RequestMetrics(const RequestMetrics&) = delete;
  RequestMetrics& operator=(const RequestMetrics&) = delete;

  void record(const http::RequestFacts& facts);
  void add_to(RequestTotals& totals) const;

 private:
  struct Tables;
  const CycleScale scale_;
  const std::unique_ptr<Tables> tables_;
};

std::string_view to_string(Phase phase);

}  // namespace lapis::gateway
