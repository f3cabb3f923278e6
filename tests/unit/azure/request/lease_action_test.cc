#include "azure/request/lease_action.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using Kind = blob::LeaseAction::Kind;
using std::chrono::seconds;
using test::make_call;

constexpr const char* kA = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
constexpr const char* kB = "00000000-9dad-11d1-80b4-00c04fd430c8";

Result<blob::LeaseAction> parse(std::initializer_list<test::Field> headers,
                                const std::string& version = "2021-12-02") {
  return parse_lease_action(make_call("PUT", "/acct/box/b?comp=lease", headers, version));
}

TEST(ParseLeaseAction, ReadsWhatEachActionTakes) {
  const auto acquire = parse({{"x-ms-lease-action", "Acquire"},
                              {"x-ms-lease-duration", "15"},
                              {"x-ms-proposed-lease-id", kA}});
  ASSERT_TRUE(acquire);
  EXPECT_EQ(acquire->kind, Kind::kAcquire);
  EXPECT_EQ(acquire->duration, seconds(15));
  EXPECT_EQ(acquire->proposed->to_string(), kA);
  const auto endless = parse({{"x-ms-lease-action", "acquire"}, {"x-ms-lease-duration", "-1"}});
  ASSERT_TRUE(endless);
  EXPECT_FALSE(endless->duration);
  EXPECT_FALSE(endless->proposed);
  const auto change = parse(
      {{"x-ms-lease-action", "change"}, {"x-ms-lease-id", kA}, {"x-ms-proposed-lease-id", kB}});
  ASSERT_TRUE(change);
  EXPECT_EQ(change->id.to_string(), kA);
  EXPECT_EQ(change->proposed->to_string(), kB);
  for (const auto& [name, kind] : {std::pair("renew", Kind::kRenew), {"release", Kind::kRelease}}) {
    const auto action = parse({{"x-ms-lease-action", name}, {"x-ms-lease-id", kA}});
    ASSERT_TRUE(action);
    EXPECT_EQ(action->kind, kind);
    EXPECT_EQ(action->id.to_string(), kA);
  }
  EXPECT_FALSE(parse({{"x-ms-lease-action", "break"}})->break_period);
  const auto broken = parse({{"x-ms-lease-action", "break"}, {"x-ms-lease-break-period", "60"}});
  EXPECT_EQ(broken->break_period, seconds(60));
}

TEST(ParseLeaseAction, Before2012ThereWereNoChoices) {
  const std::string old = "2011-08-18";
  const auto acquire = parse({{"x-ms-lease-action", "acquire"},
                              {"x-ms-lease-duration", "15"},
                              {"x-ms-proposed-lease-id", kA}},
                             old);
  ASSERT_TRUE(acquire);
  EXPECT_EQ(acquire->duration, seconds(60));
  EXPECT_FALSE(acquire->proposed);
  const auto broken =
      parse({{"x-ms-lease-action", "break"}, {"x-ms-lease-break-period", "0"}}, old);
  ASSERT_TRUE(broken);
  EXPECT_FALSE(broken->break_period);
  const auto change = parse(
      {{"x-ms-lease-action", "change"}, {"x-ms-lease-id", kA}, {"x-ms-proposed-lease-id", kB}},
      old);
  EXPECT_EQ(change.error().code, ErrorCode::kInvalidHeaderValue);
}

}  // namespace
}  // namespace lapis::azure
