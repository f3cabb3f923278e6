#include "blob/blob_rows.h"

#include <gtest/gtest.h>

#include "blob/lease.h"
#include "support/manual_clock.h"

namespace lapis::blob {
namespace {

BlobRecord blob_of(BlobType type, AccessTier tier) {
  BlobRecord blob;
  blob.properties.type = type;
  blob.properties.tier = tier;
  blob.properties.etag.value = 5;
  return blob;
}

const BlobRecord kBlock = blob_of(BlobType::kBlock, AccessTier::kHot);
const BlobRecord kAppend = blob_of(BlobType::kAppend, AccessTier::kHot);
const BlobRecord kPage = blob_of(BlobType::kPage, AccessTier::kHot);
const BlobRecord kArchived = blob_of(BlobType::kBlock, AccessTier::kArchive);
const BlobRecord kArchivedPage = blob_of(BlobType::kPage, AccessTier::kArchive);
const test::ManualClock kClock;
const ServiceClock kTime(kClock, {});
const std::optional<LeaseId> kNone;
const std::optional<LeaseId> kLease = LeaseId::make();
const Conditions kNoConditions;
const Conditions kUnmet{.if_match = EtagCondition{false, {"x"}}};

std::string outcome(const Result<void>& result) {
  return result ? "ok" : std::string(info(result.error().code).azure_code);
}

// Each case fails for everything to its right, too: the first check that applies answers.
TEST(CheckReplace, AnswersInTheProtocolsOrder) {
  struct Case {
    std::string name;
    const BlobRecord* existing;
    bool may_overwrite, same_type;
    const std::optional<LeaseId>& lease;
    const Conditions& conditions;
    std::string expected;
  };
  const Case cases[] = {
      {"NewBlob", nullptr, false, true, kNone, kNoConditions, "ok"},
      {"NewBlobLease", nullptr, true, true, kLease, kUnmet, "LeaseNotPresentWithBlobOperation"},
      {"NewBlobConditions", nullptr, true, true, kNone, kUnmet, "ConditionNotMet"},
      {"Overwrite", &kArchivedPage, false, true, kLease, kUnmet, "UnauthorizedBlobOverwrite"},
      {"Type", &kArchivedPage, true, true, kLease, kUnmet, "InvalidBlobType"},
      {"AppendType", &kAppend, true, true, kNone, kNoConditions, "InvalidBlobType"},
      {"AnyType", &kPage, true, false, kNone, kNoConditions, "ok"},
      {"Archived", &kArchived, true, true, kLease, kUnmet, "BlobArchived"},
      {"ArchivedOfAnyType", &kArchivedPage, true, false, kLease, kUnmet, "BlobArchived"},
      {"Lease", &kBlock, true, true, kLease, kUnmet, "LeaseNotPresentWithBlobOperation"},
      {"Conditions", &kBlock, true, true, kNone, kUnmet, "ConditionNotMet"},
      {"Fine", &kBlock, true, true, kNone, kNoConditions, "ok"},
  };
  for (const Case& c : cases) {
    const Replacement claim{c.may_overwrite, c.same_type, c.lease, c.conditions};
    EXPECT_EQ(outcome(check_replace(claim, c.existing, false, kTime)), c.expected) << c.name;
  }
}

// What a request of an old version may say of a blob that is not there.
TEST(CheckReplace, WhatIsSaidOfAnAbsentBlob) {
  const Conditions any{.if_match = EtagCondition{true, {}}};
  const std::string no_lease = "LeaseNotPresentWithBlobOperation";
  const std::string unmet = "ConditionNotMet";
  struct Case {
    std::string name;
    const std::optional<LeaseId>& lease;
    const Conditions& conditions;
    bool staged;
    std::string now, before_2017, before_2013;
  };
  const Case cases[] = {
      {"Lease", kLease, kNoConditions, false, no_lease, no_lease, "ok"},
      {"LeaseUnmet", kLease, kUnmet, false, no_lease, no_lease, unmet},
      {"AnyOfNothing", kNone, any, false, unmet, unmet, unmet},
      {"AnyOfStaged", kNone, any, true, unmet, "ok", "ok"},
      {"TagOfStaged", kNone, kUnmet, true, unmet, unmet, unmet},
      {"BothOfStaged", kLease, any, true, no_lease, no_lease, "ok"},
      {"NothingSaid", kNone, kNoConditions, true, "ok", "ok", "ok"},
  };
  for (const Case& c : cases) {
    Replacement claim{true, true, c.lease, c.conditions};
    EXPECT_EQ(outcome(check_replace(claim, nullptr, c.staged, kTime)), c.now) << c.name;
    claim.absent = {false, true};
    EXPECT_EQ(outcome(check_replace(claim, nullptr, c.staged, kTime)), c.before_2017) << c.name;
    claim.absent = {true, true};
    EXPECT_EQ(outcome(check_replace(claim, nullptr, c.staged, kTime)), c.before_2013) << c.name;
    // A blob that is there has no such past.
    const bool passes = c.conditions.if_match && c.conditions.if_match->any;
    const std::string there = c.lease ? no_lease : passes ? "ok" : c.now;
    EXPECT_EQ(outcome(check_replace(claim, &kBlock, c.staged, kTime)), there) << c.name;
  }
}

// What the name keeps decides before the lease, and before a body is read.
TEST(CheckReplace, WhatIsKeptOfABlobIsOfItsType) {
  struct Case {
    std::string name;
    void (*arrange)(BlobProperties& blob);
    std::string expected;
  };
  const Case cases[] = {
      {"Nothing", [](BlobProperties&) {}, "LeaseNotPresentWithBlobOperation"},
      {"Snapshots", [](BlobProperties& blob) { blob.snapshots = 1; }, "InvalidBlobType"},
      {"Versions", [](BlobProperties& blob) { blob.versions = 1; }, "InvalidBlobType"},
      {"DeletedVersions", [](BlobProperties& blob) { blob.deleted_versions = 1; },
       "InvalidBlobType"},
      {"ItselfAVersion", [](BlobProperties& blob) { blob.version = Timestamp(Ticks(5)); },
       "InvalidBlobType"},
      {"DeletedSnapshots", [](BlobProperties& blob) { blob.deleted_snapshots = 1; },
       "LeaseNotPresentWithBlobOperation"},
  };
  for (const Case& c : cases) {
    BlobRecord blob = kAppend;
    c.arrange(blob.properties);
    const Replacement claim{true, false, kLease, kUnmet};
    EXPECT_EQ(outcome(check_replace(claim, &blob, false, kTime)), c.expected) << c.name;
    blob.properties.type = BlobType::kBlock;
    EXPECT_EQ(outcome(check_replace(claim, &blob, false, kTime)),
              "LeaseNotPresentWithBlobOperation");
  }
}

// Of those who hold the lease; without its id they learn of nothing else.
TEST(CheckReplace, OfACopyNeedsALeaseWithoutEnd) {
  test::ManualClock clock;
  const ServiceClock time(clock, {});
  const ServiceTime now = time.now();
  const ServiceTime later = now + Ticks(std::chrono::seconds(30));
  const auto seconds = std::chrono::seconds(60);
  struct Case {
    std::string name;
    std::optional<Lease> lease;
    const std::optional<LeaseId>& given;
    const Conditions& conditions;
    std::string expected, otherwise;  // of a copy; of any other write
  };
  const std::string kRequired = "InfiniteLeaseDurationRequired";
  const Case cases[] = {
      {"None", {}, kNone, kNoConditions, "ok", "ok"},
      {"Endless", Lease{*kLease, {}, {}, {}}, kLease, kNoConditions, "ok", "ok"},
      {"EndlessBreaks", Lease{*kLease, {}, {}, later}, kLease, kNoConditions, "ok", "ok"},
      {"Ends", Lease{*kLease, seconds, later, {}}, kLease, kNoConditions, kRequired, "ok"},
      {"EndsBeforeConditions", Lease{*kLease, seconds, later, {}}, kLease, kUnmet, kRequired,
       "ConditionNotMet"},
      {"Breaks", Lease{*kLease, seconds, later, later}, kLease, kNoConditions, kRequired, "ok"},
      {"EndsWithoutId", Lease{*kLease, seconds, later, {}}, kNone, kNoConditions, "LeaseIdMissing",
       "LeaseIdMissing"},
      {"HasEnded", Lease{*kLease, seconds, now, {}}, kNone, kNoConditions, "ok", "ok"},
      {"IsBroken", Lease{*kLease, seconds, later, now}, kNone, kNoConditions, "ok", "ok"},
  };
  for (const Case& c : cases) {
    BlobRecord blob = kBlock;
    blob.properties.lease = c.lease;
    Replacement claim{true, true, c.given, c.conditions, BlobType::kBlock, true};
    EXPECT_EQ(outcome(check_replace(claim, &blob, false, time)), c.expected) << c.name;
    claim.endless_leases_only = false;
    EXPECT_EQ(outcome(check_replace(claim, &blob, false, time)), c.otherwise) << c.name;
  }
}

TEST(CheckBlocks, AnswersInTheProtocolsOrder) {
  const auto check = [](const std::optional<LeaseId>& lease, const BlobRecord* existing) {
    return outcome(check_blocks(LeaseUse::kWriteBlob, lease, existing, kTime));
  };
  EXPECT_EQ(check(kNone, nullptr), "ok");
  EXPECT_EQ(check(kLease, nullptr), "LeaseNotPresentWithBlobOperation");
  EXPECT_EQ(check(kNone, &kBlock), "ok");
  EXPECT_EQ(check(kLease, &kArchivedPage), "InvalidBlobType");
  EXPECT_EQ(check(kLease, &kArchived), "BlobArchived");
  EXPECT_EQ(check(kLease, &kBlock), "LeaseNotPresentWithBlobOperation");
}

TEST(CheckBlocks, OnlyToStageThemNeedsTheLease) {
  BlobRecord leased = kBlock;
  leased.properties.lease = Lease{*kLease, std::nullopt, {}, {}};
  EXPECT_EQ(outcome(check_blocks(LeaseUse::kWriteBlob, kNone, &leased, kTime)), "LeaseIdMissing");
  EXPECT_EQ(outcome(check_blocks(LeaseUse::kReadBlob, kNone, &leased, kTime)), "ok");
}

NewBlob made_at(int seconds, std::optional<AccessTier> tier, bool keeps_creation_time) {
  NewBlob made;
  made.now = Timestamp(std::chrono::seconds(seconds));
  made.tier = tier;
  made.keeps_creation_time = keeps_creation_time;
  return made;
}

TEST(MakeProperties, TimesFollowTheReplacedBlob) {
  BlobRecord old = kBlock;
  old.properties.created = Timestamp(std::chrono::seconds(100));
  old.properties.last_modified = Timestamp(std::chrono::seconds(200));
  struct Case {
    std::string name;
    const BlobRecord* replaced;
    int now;
    bool keeps;
    int created, modified;
  };
  const Case cases[] = {
      {"New", nullptr, 50, true, 50, 50},
      {"Replaces", &old, 300, false, 300, 300},
      {"KeepsCreation", &old, 300, true, 100, 300},
      {"ClockWentBack", &old, 150, false, 200, 200},
      {"ClockWentBackKeeps", &old, 150, true, 100, 200},
  };
  for (const Case& c : cases) {
    const auto p = make_properties(made_at(c.now, {}, c.keeps), Etag{9}, c.replaced, kTime);
    EXPECT_EQ(p.created, Timestamp(std::chrono::seconds(c.created))) << c.name;
    EXPECT_EQ(p.last_modified, Timestamp(std::chrono::seconds(c.modified))) << c.name;
    EXPECT_EQ(p.etag, Etag{9});
  }
}

TEST(MakeProperties, TierIsTheRequestsElseTheReplacedBlobs) {
  BlobRecord cool = blob_of(BlobType::kBlock, AccessTier::kCool);
  cool.properties.tier_inferred = false;
  cool.properties.tier_changed = Timestamp(std::chrono::seconds(7));
  const auto fresh = make_properties(made_at(9, {}, false), Etag{1}, nullptr, kTime);
  EXPECT_EQ(fresh.tier, AccessTier::kHot);
  EXPECT_TRUE(fresh.tier_inferred);
  EXPECT_FALSE(fresh.tier_changed);
  const auto inherited = make_properties(made_at(9, {}, false), Etag{1}, &cool, kTime);
  EXPECT_EQ(inherited.tier, AccessTier::kCool);
  EXPECT_FALSE(inherited.tier_inferred);
  EXPECT_EQ(inherited.tier_changed, cool.properties.tier_changed);
  const auto set = make_properties(made_at(9, AccessTier::kHot, false), Etag{1}, &cool, kTime);
  EXPECT_EQ(set.tier, AccessTier::kHot);
  EXPECT_FALSE(set.tier_inferred);
  EXPECT_EQ(set.tier_changed, Timestamp(std::chrono::seconds(9)));
}

TEST(MakeProperties, ALeaseStaysWhileItLasts) {
  const auto kept = [](std::optional<std::chrono::seconds> duration, ServiceTime ends) {
    BlobRecord old = kBlock;
    old.properties.lease = Lease{*kLease, duration, ends, {}};
    return make_properties(made_at(9, {}, false), Etag{1}, &old, kTime).lease.has_value();
  };
  EXPECT_TRUE(kept({}, {}));
  EXPECT_TRUE(kept(std::chrono::seconds(15), kTime.now() + Ticks(1)));
  EXPECT_FALSE(kept(std::chrono::seconds(15), kTime.now()));
}

}  // namespace
}  // namespace lapis::blob
