#include "lapis/gateway/request_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/operation_names.h"
#include "gateway/route.h"
#include "unit/gateway/access_log/facts_fixture.h"

namespace lapis::gateway {
namespace {

const OperationTotals* find(const RequestTotals& totals, std::string_view name) {
  const auto it = std::ranges::find(totals.operations, name, &OperationTotals::name);
  return it == totals.operations.end() ? nullptr : &*it;
}

TEST(OperationNames, NamesEachOnce) {
  const OperationNames names;
  EXPECT_EQ(names.name(names.of_route(std::nullopt)), "Unknown");
  for (std::uint16_t i = 0; i < routes().size(); ++i) {
    EXPECT_EQ(names.name(names.of_route(i)), routes()[i].name);
  }
  EXPECT_LT(names.size(), routes().size());
}

TEST(RequestMetrics, CountsByOperationAndOutcome) {
  RequestMetrics metrics(CycleScale(1.0));
  SampleFacts sample;
  metrics.record(sample.facts());
  sample.trace.route = 0;
  metrics.record(sample.facts());
  metrics.record(sample.facts());
  sample.response.status = 404;
  sample.trace.error = ErrorCode::kBlobNotFound;
  metrics.record(sample.facts());
  RequestTotals totals;
  metrics.add_to(totals);
  ASSERT_EQ(totals.operations.size(), 2u);
  ASSERT_NE(find(totals, "Unknown"), nullptr);
  const OperationTotals* row = find(totals, routes()[0].name);
  ASSERT_NE(row, nullptr);
  ASSERT_EQ(row->outcomes.size(), 2u);
  EXPECT_EQ(row->outcomes[0].code, "BlobNotFound");
  EXPECT_EQ(row->outcomes[0].status, 404);
  EXPECT_EQ(row->outcomes[0].count, 1u);
  EXPECT_EQ(row->outcomes[1].code, "");
  EXPECT_EQ(row->outcomes[1].status, 200);
  EXPECT_EQ(row->outcomes[1].count, 2u);
  EXPECT_EQ(row->ingress_bytes, 3 * 300u);
  EXPECT_EQ(row->egress_bytes, 3 * 4496u);
  EXPECT_EQ(row->total_time.count(), 3u);
  EXPECT_EQ(row->total_time.sum, 3 * 5'000'000u);
  EXPECT_EQ(row->server_time.sum, 3 * 2'000'000u);
}

TEST(RequestMetrics, CountsPhasesThatHappened) {
  RequestMetrics metrics(CycleScale(2.0));
  metrics.record(SampleFacts().facts());
  RequestTotals totals;
  metrics.add_to(totals);
  const auto& phases = totals.phases;
  EXPECT_EQ(phases[static_cast<std::size_t>(Phase::kMetadata)].sum, 3'000'000u);
  EXPECT_EQ(phases[static_cast<std::size_t>(Phase::kData)].count(), 0u);
}

TEST(RequestMetrics, MergesShards) {
  RequestMetrics one(CycleScale(1.0));
  RequestMetrics other(CycleScale(1.0));
  SampleFacts sample;
  one.record(sample.facts());
  other.record(sample.facts());
  sample.is_complete = false;
  other.record(sample.facts());
  RequestTotals totals;
  one.add_to(totals);
  other.add_to(totals);
  const OperationTotals* row = find(totals, "Unknown");
  ASSERT_NE(row, nullptr);
  ASSERT_EQ(row->outcomes.size(), 1u);
  EXPECT_EQ(row->outcomes[0].count, 3u);
  EXPECT_EQ(row->aborted, 1u);
  const auto sas = static_cast<std::size_t>(Authentication::kSas);
  EXPECT_EQ(totals.responses[sas][static_cast<std::size_t>(ResponseType::kSuccess)], 2u);
  EXPECT_EQ(totals.responses[sas][static_cast<std::size_t>(ResponseType::kNetworkError)], 1u);
}

struct TypeCase {
  ErrorCode error;
  ResponseType type;
};

TEST(ResponseTypes, FollowFromTheError) {
  constexpr TypeCase kCases[] = {
      {ErrorCode::kAuthenticationFailed, ResponseType::kAuthorizationError},
      {ErrorCode::kNoAuthenticationInformation, ResponseType::kAuthorizationError},
      {ErrorCode::kConditionNotMet, ResponseType::kClientOtherError},
      {ErrorCode::kNotModified, ResponseType::kClientOtherError},
      {ErrorCode::kRequestTimeout, ResponseType::kClientTimeoutError},
      {ErrorCode::kServerBusy, ResponseType::kServerBusyError},
      {ErrorCode::kOperationTimedOut, ResponseType::kServerTimeoutError},
      {ErrorCode::kInternalError, ResponseType::kServerOtherError},
      {ErrorCode::kNotImplemented, ResponseType::kServerOtherError},
      {ErrorCode::kInsufficientStorage, ResponseType::kServerOtherError},
  };
  for (const TypeCase& c : kCases) {
    SampleFacts sample;
    sample.response.status = info(c.error).http_status;
    sample.trace.error = c.error;
    EXPECT_EQ(to_string(response_type_of(sample.facts())), to_string(c.type))
        << info(c.error).azure_code;
  }
}

TEST(Authentications, OfARefusedRequestIsWhatItOffered) {
  SampleFacts sample;
  sample.trace.credential = 0;
  EXPECT_EQ(authentication_of(sample.facts()), Authentication::kSas);
  sample.request.target = "/team/box/b";
  EXPECT_EQ(authentication_of(sample.facts()), Authentication::kAnonymous);
  sample.request.headers.add("authorization", "SharedKey team:x");
  EXPECT_EQ(authentication_of(sample.facts()), Authentication::kAccountKey);
  sample.request.headers.clear();
  sample.request.headers.add("Authorization", "bearer x");
  EXPECT_EQ(authentication_of(sample.facts()), Authentication::kOAuth);
}

}  // namespace
}  // namespace lapis::gateway
