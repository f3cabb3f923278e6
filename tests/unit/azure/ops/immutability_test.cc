// The operations on policies and holds.
#include <gtest/gtest.h>

#include "lapis/azure/ops/delete_blob_immutability_policy.h"
#include "lapis/azure/ops/set_blob_immutability_policy.h"
#include "lapis/azure/ops/set_blob_legal_hold.h"
#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::Field;
using test::field_of;
using test::make_call;

const std::string kPolicies = "/acct/box/b?comp=immutabilityPolicies";
const std::string kHold = "/acct/box/b?comp=legalhold";
const std::string kDate = "Mon, 01 Jan 2998 00:00:00 GMT";
const std::string kTime = "2021-06-28T05:51:11.5743121Z";
const Field kUntil{"x-ms-immutability-policy-until-date", kDate};
const Field kHeld{"x-ms-legal-hold", "true"};

auto set_policy(const std::string& more, std::initializer_list<Field> headers,
                const std::string& version = "2021-12-02") {
  return parse_set_blob_immutability_policy(make_call("PUT", kPolicies + more, headers, version));
}
auto delete_policy(const std::string& more, std::initializer_list<Field> headers,
                   const std::string& version = "2021-12-02") {
  return parse_delete_blob_immutability_policy(
      make_call("DELETE", kPolicies + more, headers, version));
}
auto set_hold(const std::string& more, std::initializer_list<Field> headers,
              const std::string& version = "2021-12-02") {
  return parse_set_blob_legal_hold(make_call("PUT", kHold + more, headers, version));
}

TEST(Immutability, IsOfABlobASnapshotOrAVersion) {
  EXPECT_EQ(set_policy("", {kUntil})->key.name, "b");
  for (const std::string name : {"snapshot", "versionid"}) {
    const std::string more = "&" + name + "=" + kTime;
    const blob::BlobKey keys[] = {set_policy(more, {kUntil})->key, delete_policy(more, {})->key,
                                  set_hold(more, {kHeld})->key};
    for (const blob::BlobKey& key : keys) {
      EXPECT_EQ(name == "snapshot" ? key.snapshot : key.version, parse_iso8601(kTime));
    }
    EXPECT_EQ(set_policy("&" + name + "=x", {kUntil}).error().code,
              ErrorCode::kInvalidQueryParameterValue);
  }
}

TEST(Immutability, NeedsItsHeader) {
  EXPECT_EQ(field_of(set_policy("", {}).error(), "HeaderName"), kUntil.name);
  EXPECT_EQ(set_policy("", {}).error().code, ErrorCode::kMissingRequiredHeader);
  EXPECT_EQ(set_hold("", {}).error().code, ErrorCode::kMissingRequiredHeader);
  EXPECT_EQ(field_of(set_hold("", {}).error(), "HeaderName"), kHeld.name);
  EXPECT_TRUE(delete_policy("", {}));
  EXPECT_TRUE(set_hold("", {kHeld})->hold);
  EXPECT_FALSE(set_hold("", {{"x-ms-legal-hold", "false"}})->hold);
  EXPECT_TRUE(set_policy("", {kUntil, {"x-ms-immutability-policy-mode", "Locked"}})->policy.locked);
}

TEST(Immutability, IsOfItsVersionsOn) {
  const auto kUnknown = ErrorCode::kInvalidQueryParameterValue;
  EXPECT_TRUE(set_policy("", {kUntil}, "2020-06-12"));
  EXPECT_TRUE(delete_policy("", {}, "2020-06-12"));
  EXPECT_TRUE(set_hold("", {kHeld}, "2020-04-08"));
  EXPECT_EQ(set_policy("", {kUntil}, "2020-04-08").error().code, kUnknown);
  EXPECT_EQ(delete_policy("", {}, "2020-04-08").error().code, kUnknown);
  EXPECT_EQ(set_hold("", {kHeld}, "2020-02-10").error().code, kUnknown);
}

// None passes over a condition.
TEST(Immutability, KnowsOneCondition) {
  struct Case {
    Field condition;
    bool of_policies;
  };
  for (const Case& c : {Case{{"If-Unmodified-Since", kDate}, true},
                        {{"If-Modified-Since", kDate}, false},
                        {{"If-Match", "*"}, false},
                        {{"If-None-Match", "\"0x8D0000000000001\""}, false}}) {
    const auto policy = set_policy("", {kUntil, c.condition});
    EXPECT_EQ(policy.has_value(), c.of_policies) << c.condition.name;
    const auto kUnsupported = ErrorCode::kConditionHeadersNotSupported;
    if (policy) {
      EXPECT_TRUE(policy->conditions.if_unmodified_since);
    } else {
      EXPECT_EQ(policy.error().code, kUnsupported);
    }
    EXPECT_EQ(delete_policy("", {c.condition}).error().code, kUnsupported) << c.condition.name;
    EXPECT_EQ(set_hold("", {kHeld, c.condition}).error().code, kUnsupported) << c.condition.name;
  }
}

TEST(Immutability, AnswersWithWhatIsSet) {
  const auto call = make_call("PUT", kPolicies);
  const Timestamp until = *parse_iso8601("2998-01-01T00:00:00Z");
  for (const bool locked : {false, true}) {
    const auto response = render_set_blob_immutability_policy(call, {until, locked});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.get(kUntil.name), kDate);
    EXPECT_EQ(response.headers.get("x-ms-immutability-policy-mode"),
              locked ? "locked" : "unlocked");
    EXPECT_FALSE(response.headers.find("ETag"));
  }
  EXPECT_EQ(render_delete_blob_immutability_policy(call).status, 200);
  EXPECT_EQ(render_set_blob_legal_hold(call, true).headers.get("x-ms-legal-hold"), "true");
  EXPECT_EQ(render_set_blob_legal_hold(call, false).headers.get("x-ms-legal-hold"), "false");
}

}  // namespace
}  // namespace lapis::azure
