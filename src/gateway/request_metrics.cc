#include "lapis/gateway/request_metrics.h"

#include <algorithm>

#include "gateway/operation_names.h"

namespace lapis::gateway {
namespace {

constexpr std::size_t kErrors = std::size(kErrorInfo);
// Behind the errors: successes by status; the last stands for all others.
constexpr std::array kSuccesses = {200, 201, 202, 204, 206, 0};
constexpr std::size_t kOutcomes = kErrors + kSuccesses.size();

std::size_t outcome_of(const http::RequestFacts& facts) {
  if (facts.trace.error) return static_cast<std::size_t>(*facts.trace.error);
  const auto at = std::find(kSuccesses.begin(), kSuccesses.end() - 1, facts.response.status);
  return kErrors + static_cast<std::size_t>(at - kSuccesses.begin());
}

OutcomeTotal outcome_total(std::size_t outcome, std::uint64_t count) {
  if (outcome >= kErrors) return {kSuccesses[outcome - kErrors], "", count};
  return {kErrorInfo[outcome].http_status, kErrorInfo[outcome].azure_code, count};
}

struct OperationTable {
  std::array<Counter, kOutcomes> outcomes;
  Counter aborted;
  Counter ingress_bytes;
  Counter egress_bytes;
  LatencyHistogram total_time;
  LatencyHistogram server_time;
};

// Adds to the outcomes of `total` those of `table`.
void add_outcomes(const OperationTable& table, OperationTotals& total) {
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    const std::uint64_t count = table.outcomes[i].value();
    if (count == 0) continue;
    const OutcomeTotal one = outcome_total(i, count);
    const auto known = std::ranges::find_if(total.outcomes, [&](const OutcomeTotal& other) {
      return other.status == one.status && other.code == one.code;
    });
    if (known != total.outcomes.end()) {
      known->count += count;
    } else {
      total.outcomes.push_back(one);
    }
  }
}

}  // namespace

struct RequestMetrics::Tables {
  OperationNames names;
  std::vector<OperationTable> operations = std::vector<OperationTable>(names.size());
  std::array<LatencyHistogram, kPhaseCount> phases;
  std::array<std::array<Counter, kResponseTypeCount>, kAuthenticationCount> responses;
};

RequestMetrics::RequestMetrics(CycleScale scale)
    : scale_(scale), tables_(std::make_unique<Tables>()) {}

RequestMetrics::~RequestMetrics() = default;

void RequestMetrics::record(const http::RequestFacts& facts) {
  const RequestTrace& trace = facts.trace;
  OperationTable& table = tables_->operations[tables_->names.of_route(trace.route)];
  table.outcomes[outcome_of(facts)].add();
  if (!facts.is_complete) table.aborted.add();
  table.ingress_bytes.add(facts.request_head_bytes + facts.request_body_bytes);
  table.egress_bytes.add(facts.response_head_bytes + facts.response_body_bytes);
  table.total_time.record(scale_.nanoseconds(cycles_between(trace.began, trace.ended)));
  table.server_time.record(scale_.nanoseconds(trace.served));
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (trace.spent[i] != 0) tables_->phases[i].record(scale_.nanoseconds(trace.spent[i]));
  }
  const auto kind = static_cast<std::size_t>(authentication_of(facts));
  tables_->responses[kind][static_cast<std::size_t>(response_type_of(facts))].add();
}

void RequestMetrics::add_to(RequestTotals& totals) const {
  for (std::size_t i = 0; i < tables_->operations.size(); ++i) {
    const OperationTable& table = tables_->operations[i];
    const HistogramSnapshot total_time = table.total_time.snapshot();
    if (total_time.count() == 0) continue;
    const std::string_view name = tables_->names.name(i);
    auto total = std::ranges::find(totals.operations, name, &OperationTotals::name);
    if (total == totals.operations.end()) {
      total = totals.operations.insert(total, OperationTotals{});
      total->name = name;
    }
    add_outcomes(table, *total);
    total->aborted += table.aborted.value();
    total->ingress_bytes += table.ingress_bytes.value();
    total->egress_bytes += table.egress_bytes.value();
    total->total_time.merge(total_time);
    total->server_time.merge(table.server_time.snapshot());
  }
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    totals.phases[i].merge(tables_->phases[i].snapshot());
  }
  for (std::size_t kind = 0; kind < kAuthenticationCount; ++kind) {
    for (std::size_t type = 0; type < kResponseTypeCount; ++type) {
      totals.responses[kind][type] += tables_->responses[kind][type].value();
    }
  }
}

}  // namespace lapis::gateway
