#include "lapis/blob/ops/set_blob_tier.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

const LeaseId kSomeLease = LeaseId::make();

using test::BlobHarness;
using test::key_of;

constexpr auto kHot = AccessTier::kHot;
constexpr auto kCool = AccessTier::kCool;
constexpr auto kArchive = AccessTier::kArchive;

void put(BlobHarness& harness, std::optional<AccessTier> tier) {
  PutBlob request;
  request.key = key_of("a");
  request.tier = tier;
  ASSERT_TRUE(harness.put(request, "content"));
}

BlobProperties stored(BlobHarness& harness) {
  const auto read = harness.run(get_blob_properties(harness.service, {key_of("a"), {}, {}}));
  EXPECT_TRUE(read);
  return read ? *read->properties : BlobProperties{};
}

Result<SetBlobTierResult> set(BlobHarness& harness, std::optional<AccessTier> tier,
                              std::optional<LeaseId> lease = {}) {
  return harness.run(set_blob_tier(harness.service, {key_of("a"), tier, std::move(lease)}));
}

TEST(SetBlobTier, SaysWhereABlobLeftTheArchive) {
  struct Case {
    std::optional<AccessTier> from;
    AccessTier to;
    bool rehydrated, changed;
  };
  const Case cases[] = {
      {{}, kHot, false, true},
      {{}, kArchive, false, true},
      {kHot, kCool, false, true},
      {kHot, kHot, false, false},
      {kHot, kArchive, false, true},
      {kArchive, kArchive, false, false},
      {kArchive, kCool, true, true},
      {kArchive, kHot, true, true},
      {kCool, AccessTier::kCold, false, true},
  };
  for (const Case& c : cases) {
    BlobHarness harness;
    put(harness, c.from);
    const BlobProperties before = stored(harness);
    harness.clock.advance(std::chrono::seconds(5));
    const auto result = set(harness, c.to);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->rehydrated, c.rehydrated);
    const BlobProperties after = stored(harness);
    EXPECT_EQ(after.tier, c.to);
    EXPECT_FALSE(after.tier_inferred);
    EXPECT_EQ(after.tier_changed,
              c.changed ? std::optional(harness.clock.now()) : before.tier_changed);
    EXPECT_EQ(after.etag, before.etag);
    EXPECT_EQ(after.last_modified, before.last_modified);
  }
}

TEST(SetBlobTier, ABlobIsReadableAsSoonAsItHasLeftTheArchive) {
  BlobHarness harness;
  put(harness, {});
  ASSERT_TRUE(set(harness, kArchive));
  const auto archived = harness.get("a");
  ASSERT_FALSE(archived);
  EXPECT_EQ(archived.error().code, ErrorCode::kBlobArchived);
  EXPECT_EQ(harness.put("a", "other").error().code, ErrorCode::kBlobArchived);
  ASSERT_TRUE(set(harness, kHot));
  EXPECT_EQ(harness.get("a"), "content");
  EXPECT_TRUE(harness.put("a", "other"));
}

TEST(SetBlobTier, APastStateLeavesTheArchiveAsACopyOnly) {
  BlobHarness harness;
  put(harness, {});
  const auto taken = harness.run(snapshot_blob(harness.service, {key_of("a"), {}, {}, {}}));
  ASSERT_TRUE(taken);
  SetBlobTier request{key_of("a"), kArchive, {}};
  request.key.snapshot = taken->snapshot;
  ASSERT_TRUE(harness.run(set_blob_tier(harness.service, request)));
  EXPECT_TRUE(harness.run(set_blob_tier(harness.service, request))) << "it is so already";
  request.tier = kHot;
  const auto back = harness.run(set_blob_tier(harness.service, request));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kBlobOperationNotSupported);
}

TEST(SetBlobTier, RefusesInTheProtocolsOrder) {
  BlobHarness harness;
  put(harness, {});
  ASSERT_TRUE(harness.stage("staged", "AAAA", "x"));
  struct Case {
    std::string name;
    SetBlobTier request;
    ErrorCode error;
  };
  const Case cases[] = {
      {"NoContainer", {{"acct", "none", "a"}, kCool, {}}, ErrorCode::kContainerNotFound},
      {"NoBlob", {key_of("none"), {}, kSomeLease}, ErrorCode::kBlobNotFound},
      {"UncommittedOnly", {key_of("staged"), kCool, {}}, ErrorCode::kBlobNotFound},
      {"TierOfPageBlobs", {key_of("a"), {}, kSomeLease}, ErrorCode::kInvalidBlobTier},
      {"Lease", {key_of("a"), kCool, kSomeLease}, ErrorCode::kLeaseNotPresentWithBlobOperation},
  };
  for (const Case& c : cases) {
    const auto result = harness.run(set_blob_tier(harness.service, c.request));
    ASSERT_FALSE(result) << c.name;
    EXPECT_EQ(result.error().code, c.error) << c.name;
  }
  EXPECT_TRUE(stored(harness).tier_inferred);
}

}  // namespace
}  // namespace lapis::blob
