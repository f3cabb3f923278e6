// Get and Set Blob Service Properties, and what each shard knows of them.
#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/blob/ops/get_blob_service_properties.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/service_properties_watch.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;

ServiceProperties properties(BlobHarness& harness, const std::string& account = "acct") {
  const auto found = harness.run(get_blob_service_properties(harness.service, account));
  EXPECT_TRUE(found);
  return found.value_or(ServiceProperties{});
}

TEST(SetBlobServiceProperties, ChangesOnlyWhatIsGiven) {
  BlobHarness harness;
  EXPECT_EQ(properties(harness), ServiceProperties{});
  const auto set = [&](ServicePropertiesChange change) {
    return harness.run(set_blob_service_properties(harness.service, {"acct", std::move(change)}));
  };
  ASSERT_TRUE(set({.logging = AnalyticsProperties{"2.0", 5}}));
  ASSERT_TRUE(set({.hour_metrics = AnalyticsProperties{"1.0", 365}}));
  ASSERT_TRUE(set({.default_version = 20150405u}));
  ASSERT_TRUE(set({}));
  ServiceProperties expected;
  expected.logging = {"2.0", 5};
  expected.hour_metrics = {"1.0", 365};
  expected.default_version = 20150405;
  EXPECT_EQ(properties(harness), expected);
  std::optional<std::optional<std::uint32_t>> none(std::in_place, std::nullopt);
  ASSERT_TRUE(set({.minute_metrics = AnalyticsProperties{}, .default_version = none}));
  expected.default_version.reset();
  EXPECT_EQ(properties(harness), expected);
}

TEST(SetBlobServiceProperties, AreOfOneAccount) {
  BlobHarness harness;
  const ServicePropertiesChange change{.default_version = 20150405u};
  ASSERT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
  for (const std::string other : {"acc", "acct2", "other"}) {
    EXPECT_EQ(properties(harness, other), ServiceProperties{}) << other;
  }
}

TEST(ServicePropertiesWatch, IsInForceForOtherServicesAtOnce) {
  BlobHarness harness;
  Service other(harness.rows, harness.chunks, harness.blocking, harness.clock, Limits{}, 1 << 20,
                harness.service.epochs);
  ServicePropertiesWatch here(harness.service, "acct"), there(other, "acct"),
      neighbour(other, "acct2");
  const auto version = [&](ServicePropertiesWatch& watch) {
    const auto properties = harness.run(watch.get());
    EXPECT_TRUE(properties && *properties == watch.current());
    return properties ? (*properties)->default_version : std::nullopt;
  };
  for (const std::uint32_t set : {20150405u, 20191212u, 20211202u, 20150405u}) {
    const ServicePropertiesChange change{.default_version = set};
    ASSERT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
    EXPECT_EQ(here.current(), nullptr);
    EXPECT_EQ(there.current(), nullptr);
    EXPECT_EQ(version(there), set);
    EXPECT_EQ(version(here), set);
    EXPECT_EQ(version(neighbour), std::nullopt);
  }
}

TEST(ServicePropertiesWatch, ReadsTheRowOnceForEachChange) {
  BlobHarness harness;
  ServicePropertiesWatch watch(harness.service, "acct");
  for (const std::uint32_t set : {20150405u, 20191212u}) {
    const ServicePropertiesChange change{.default_version = set};
    ASSERT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
    const std::uint64_t before = harness.meta.counts.reads;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(harness.run(watch.get()));
    EXPECT_EQ(harness.meta.counts.reads, before + 1);
  }
}

TEST(ServicePropertiesRecord, DamageIsFound) {
  const std::string whole = encode(ServiceProperties{});
  ASSERT_TRUE(decode_service_properties(whole));
  ServiceProperties odd;
  odd.default_version = 20090918;
  for (const std::string& row : {std::string(), whole.substr(0, whole.size() - 1), encode(odd),
                                 std::string("\x0a\x06\x0a\x01x\x10\xee\x02", 8)}) {
    const auto decoded = decode_service_properties(row);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kInternalError);
  }
}

}  // namespace
}  // namespace lapis::blob
