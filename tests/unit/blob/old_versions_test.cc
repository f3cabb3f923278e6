// What operations do for requests of old versions of the service, where that is another thing than
// what they do now.
#include <gtest/gtest.h>

#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/get_container_properties.h"
#include "lapis/blob/ops/lease_container.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

std::string outcome(const auto& result) {
  return result ? "ok" : std::string(info(result.error().code).azure_code);
}

TEST(OldVersions, AnEmptyBlobHasAnEmptyRange) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", ""));
  ASSERT_TRUE(harness.put("b", "content"));
  GetBlob request{key_of("a"), RequestedRange{5, {}}, {}, {}};
  EXPECT_EQ(outcome(harness.run(get_blob(harness.service, request))), "InvalidRange");
  request.empty_range = true;
  const auto empty = harness.run(get_blob(harness.service, request));
  ASSERT_TRUE(empty);
  ASSERT_TRUE(empty->range);
  EXPECT_EQ(empty->range->length, 0u);
  EXPECT_EQ(harness.run(test::read_all(*empty->body)), "");
  request.hash = RangeHash::kMd5;
  EXPECT_EQ(harness.run(get_blob(harness.service, request))->range_md5, md5({}));
  request.key = key_of("b");
  request.range = RequestedRange{7, {}};
  EXPECT_EQ(outcome(harness.run(get_blob(harness.service, request))), "InvalidRange");
}

TEST(OldVersions, ReadsHoldASingleCondition) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "content"));
  const EtagCondition any{true, {}};
  const EtagCondition other{false, {"x"}};
  const Timestamp past(std::chrono::days(1));
  const Timestamp future(std::chrono::days(40'000));
  const std::string several = "MultipleConditionHeadersNotSupported";
  struct Case {
    std::string name;
    Conditions conditions;
    std::string now, before;
  };
  const Case cases[] = {
      {"MatchAndNoneMatch", {.if_match = any, .if_none_match = other}, "ok", several},
      {"Dates", {.if_modified_since = past, .if_unmodified_since = future}, "ok", several},
      // Of a pair the tag decides alone.
      {"MatchAndUnmodified",
       {.if_match = any, .if_unmodified_since = past},
       "ConditionNotMet",
       "ok"},
      {"NoneMatch", {.if_none_match = other}, "ok", "ok"},
      {"Modified", {.if_modified_since = future}, "ConditionNotMet", "ConditionNotMet"},
  };
  for (const Case& c : cases) {
    for (const bool single : {false, true}) {
      SCOPED_TRACE(c.name + (single ? " before 2013-08-15" : ""));
      GetBlob get{key_of("a"), {}, c.conditions, {}};
      get.single_condition = single;
      GetBlobProperties head{key_of("a"), c.conditions, {}, single};
      const std::string& expected = single ? c.before : c.now;
      EXPECT_EQ(outcome(harness.run(get_blob(harness.service, get))), expected);
      EXPECT_EQ(outcome(harness.run(get_blob_properties(harness.service, head))), expected);
    }
  }
}

TEST(OldVersions, WhatIsStagedIsNotThereToBeDeleted) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", "x"));
  DeleteBlob request;
  request.key = key_of("a");
  request.staged_too = false;
  EXPECT_EQ(outcome(harness.run(delete_blob(harness.service, request))), "BlobNotFound");
  EXPECT_EQ(harness.blocks("a")->uncommitted.size(), 1u);
  ASSERT_TRUE(harness.commit("a", latest({"AAAA"})));
  EXPECT_TRUE(harness.run(delete_blob(harness.service, request)));
}

TEST(OldVersions, ALeaseChangesTheContainersEtag) {
  BlobHarness harness;
  const ContainerKey key{"acct", "box"};
  const auto seen = [&] {
    return harness.run(get_container_properties(harness.service, {key, {}}))->properties;
  };
  LeaseContainer request{key, {}, {}};
  request.action.kind = LeaseAction::Kind::kAcquire;
  const ContainerProperties before = seen();
  harness.clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(harness.run(lease_container(harness.service, request)));
  EXPECT_EQ(seen().etag, before.etag);
  request.action.kind = LeaseAction::Kind::kBreak;
  request.changes_etag = true;
  const auto broken = harness.run(lease_container(harness.service, request));
  ASSERT_TRUE(broken);
  EXPECT_NE(broken->etag, before.etag);
  EXPECT_EQ(seen().etag, broken->etag);
  EXPECT_EQ(seen().last_modified, broken->last_modified);
  EXPECT_GT(broken->last_modified, before.last_modified);
}

TEST(OldVersions, LongBlocksAreNotListed) {
  BlobHarness harness;
  struct Case {
    std::string name;
    std::size_t committed, staged;  // lengths; 0: none
    std::string committed_list, uncommitted_list;
  };
  const std::string refused = "FeatureVersionMismatch";
  const Case cases[] = {
      {"short", 50, 50, "ok", "ok"},
      {"committed", 51, 0, refused, refused},
      {"staged", 50, 51, "ok", refused},
      {"both", 51, 51, refused, refused},
  };
  for (const Case& c : cases) {
    ASSERT_TRUE(harness.stage(c.name, "AAAA", pattern(c.committed, 1)));
    ASSERT_TRUE(harness.stage(c.name, "AAAB", pattern(20, 2)));
    ASSERT_TRUE(harness.commit(c.name, latest({"AAAA", "AAAB"})));
    if (c.staged != 0) {
      ASSERT_TRUE(harness.stage(c.name, "AAAC", pattern(c.staged, 3)));
    }
    GetBlockList request;
    request.key = key_of(c.name);
    request.longest = 50;
    const auto listed = harness.run(get_block_list(harness.service, request));
    EXPECT_EQ(outcome(listed), c.committed_list) << c.name;
    if (listed) EXPECT_EQ(listed->committed.size(), 2u) << c.name;
    request.committed = false;
    request.uncommitted = true;
    const auto staged = harness.run(get_block_list(harness.service, request));
    EXPECT_EQ(outcome(staged), c.uncommitted_list) << c.name;
    if (staged) EXPECT_EQ(staged->committed.size(), 0u) << c.name;
  }
}

}  // namespace
}  // namespace lapis::blob
