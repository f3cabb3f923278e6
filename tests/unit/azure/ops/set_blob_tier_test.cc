#include "lapis/azure/ops/set_blob_tier.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using blob::AccessTier;
using test::field_of;
using test::make_call;

Result<blob::SetBlobTier> parse(const std::string& tier, const std::string& version,
                                const std::string& priority = "") {
  return parse_set_blob_tier(
      make_call("PUT", "/acct/box/b?comp=tier",
                {{"x-ms-access-tier", tier}, {"x-ms-rehydrate-priority", priority}}, version));
}

TEST(ParseSetBlobTier, KnowsTheTiersOfItsVersion) {
  struct Case {
    std::string tier, version;
    std::optional<AccessTier> known;
  };
  const Case cases[] = {
      {"Hot", "2017-04-17", AccessTier::kHot},
      {"cool", "2017-04-17", AccessTier::kCool},
      {"ARCHIVE", "2017-04-17", AccessTier::kArchive},
      {"Cold", "2021-12-02", AccessTier::kCold},
      {"Cold", "2021-10-04", {}},
      {"Smart", "2026-06-06", AccessTier::kSmart},
      {"Smart", "2026-04-06", {}},
      {"Warm", "2026-06-06", {}},
      {"P5", "2026-06-06", {}},
      {"Premium", "2026-06-06", {}},
  };
  for (const Case& c : cases) {
    const auto request = parse(c.tier, c.version);
    ASSERT_EQ(request.has_value(), c.known.has_value()) << c.tier << " " << c.version;
    if (request) {
      EXPECT_EQ(request->tier, c.known) << c.tier;
    } else {
      EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue) << c.tier;
      EXPECT_EQ(field_of(request.error(), "HeaderName"), "x-ms-access-tier");
      EXPECT_EQ(field_of(request.error(), "HeaderValue"), c.tier);
    }
  }
}

TEST(ParseSetBlobTier, LeavesTiersOfPageBlobsToTheBlob) {
  for (const char* tier : {"P4", "p10", "P80"}) {
    const auto request = parse(tier, "2021-12-02");
    ASSERT_TRUE(request) << tier;
    EXPECT_FALSE(request->tier) << tier;
  }
}

TEST(ParseSetBlobTier, ChecksThePrioritySince20190202) {
  EXPECT_TRUE(parse("Hot", "2019-02-02", "Standard"));
  EXPECT_TRUE(parse("Hot", "2019-02-02", "high"));
  EXPECT_TRUE(parse("Hot", "2018-11-09", "soon"));
  const auto request = parse("Hot", "2019-02-02", "soon");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(request.error(), "HeaderName"), "x-ms-rehydrate-priority");
}

TEST(ParseSetBlobTier, NeedsATierAndAVersionThatHasThem) {
  const auto none = parse("", "2021-12-02");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kMissingRequiredHeader);
  EXPECT_EQ(field_of(none.error(), "HeaderName"), "x-ms-access-tier");
  const auto early = parse("Hot", "2016-05-31");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(field_of(early.error(), "QueryParameterName"), "comp");
}

TEST(RenderSetBlobTier, IsAcceptedWhereABlobLeavesTheArchive) {
  const auto call = make_call("PUT", "/acct/box/b?comp=tier");
  EXPECT_EQ(render_set_blob_tier(call, {false}).status, 200);
  EXPECT_EQ(render_set_blob_tier(call, {true}).status, 202);
  EXPECT_TRUE(render_set_blob_tier(call, {true}).headers.all().empty());
}

}  // namespace
}  // namespace lapis::azure
