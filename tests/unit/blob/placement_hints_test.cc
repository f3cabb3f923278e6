// Access tiers on their way to the ranks of chunks.
#include "lapis/blob/placement_hints.h"

#include <gtest/gtest.h>

#include "blob/keys.h"
#include "lapis/blob/ops/delete_container.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using storage::HeatRank;
using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

class PlacementHints : public testing::Test {
 protected:
  HintStats apply() {
    const auto applied = harness_.run(apply_placement_hints(harness_.service, stopping_));
    EXPECT_TRUE(applied);
    return applied.value_or(HintStats{});
  }
  void put(const std::string& name, std::optional<AccessTier> tier, std::size_t bytes = 250) {
    PutBlob request;
    request.key = key_of(name);
    request.tier = tier;
    ASSERT_TRUE(harness_.put(request, pattern(bytes, 1)));
  }
  void set(const std::string& name, AccessTier tier) {
    ASSERT_TRUE(harness_.run(set_blob_tier(harness_.service, {key_of(name), tier, {}})));
  }
  void commit(const std::string& name, std::vector<std::string> ids,
              std::optional<AccessTier> tier = {}) {
    PutBlockList request;
    request.key = key_of(name);
    request.blocks = latest(ids);
    request.tier = tier;
    ASSERT_TRUE(harness_.run(put_block_list(harness_.service, std::move(request))));
  }
  std::size_t asked_down() const { return harness_.chunks.ranked(HeatRank::kAskedDown); }
  std::size_t normal() const { return harness_.chunks.ranked(HeatRank::kNormal); }
  std::size_t queued() const { return harness_.rows_of(Table::kHint); }

  BlobHarness harness_;
  std::atomic<bool> stopping_ = false;
};

TEST_F(PlacementHints, PutBlobWritesTheRankWithTheChunks) {
  put("hot", AccessTier::kHot);
  put("none", {});
  EXPECT_EQ(normal(), 6u);
  put("cool", AccessTier::kCool);
  put("cold", AccessTier::kCold);
  put("archive", AccessTier::kArchive);
  EXPECT_EQ(asked_down(), 9u);
  put("cool", {});  // the tier is inherited, and so is what it asks for
  EXPECT_EQ(asked_down(), 12u);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PlacementHints, SetBlobTierIsToldInTheBackground) {
  put("a", {});
  set("a", AccessTier::kCool);
  EXPECT_EQ(asked_down(), 0u);
  EXPECT_EQ(queued(), 1u);
  const HintStats first = apply();
  EXPECT_EQ(first.blobs, 1u);
  EXPECT_EQ(first.chunks, 3u);
  EXPECT_EQ(asked_down(), 3u);
  EXPECT_EQ(queued(), 0u);
  set("a", AccessTier::kCold);  // asks for the same
  EXPECT_EQ(queued(), 0u);
  set("a", AccessTier::kHot);
  apply();
  EXPECT_EQ(normal(), 3u);
}

TEST_F(PlacementHints, TheTierOfTheMomentCounts) {
  put("a", {});
  set("a", AccessTier::kCool);
  set("a", AccessTier::kHot);
  EXPECT_EQ(queued(), 1u);
  apply();
  EXPECT_EQ(normal(), 3u);
}

TEST_F(PlacementHints, ABlockListOverStagedBlocksIsQueuedWhereItAsksDown) {
  const std::string long_block = pattern(250, 3);
  ASSERT_TRUE(harness_.stage("a", "AAAA", long_block));
  ASSERT_TRUE(harness_.stage("a", "BBBB", "short"));
  commit("a", {"AAAA", "BBBB"});
  EXPECT_EQ(queued(), 0u);  // the common way writes no row
  ASSERT_TRUE(harness_.stage("a", "CCCC", long_block));
  commit("a", {"AAAA", "BBBB", "CCCC"}, AccessTier::kCool);
  EXPECT_EQ(queued(), 1u);
  apply();
  EXPECT_EQ(asked_down(), 6u);
  // Blocks of a blob that was cool are committed again to one that is not.
  commit("a", {"AAAA"}, AccessTier::kHot);
  EXPECT_EQ(queued(), 1u);
  apply();
  EXPECT_EQ(normal(), 3u);
  // New blocks in the place of all of a cool blob's.
  set("a", AccessTier::kCool);
  apply();
  ASSERT_TRUE(harness_.stage("a", "DDDD", long_block));
  commit("a", {"DDDD"}, AccessTier::kHot);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PlacementHints, AllChunksOfALargeBlobGetTheirRank) {
  std::vector<std::string> ids;
  for (int i = 0; i < 700; ++i) {  // in segments, and more than one transaction takes
    ids.push_back("B" + std::to_string(1000 + i));
    ASSERT_TRUE(harness_.stage("large", ids.back(), pattern(40, i)));
  }
  ids.resize(700);
  commit("large", ids, AccessTier::kCold);
  EXPECT_GT(harness_.rows_of(Table::kSegment), 0u);
  EXPECT_EQ(apply().chunks, 700u);
  EXPECT_EQ(asked_down(), 700u);
}

TEST_F(PlacementHints, WhatIsGoneLeavesTheQueue) {
  put("a", {});
  put("b", {});
  set("a", AccessTier::kCool);
  set("b", AccessTier::kCool);
  ASSERT_TRUE(harness_.erase("a"));
  apply();
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(asked_down(), 3u);
  set("b", AccessTier::kHot);
  ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}})));
  apply();
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PlacementHints, AStopLeavesTheRestQueued) {
  put("a", {});
  set("a", AccessTier::kCool);
  stopping_ = true;
  EXPECT_EQ(apply().blobs, 0u);
  EXPECT_EQ(queued(), 1u);
}

TEST_F(PlacementHints, ABodyInTheRecordHasNothingToRank) {
  put("small", {}, 10);
  set("small", AccessTier::kCool);
  EXPECT_EQ(apply().chunks, 0u);
  EXPECT_EQ(queued(), 0u);
}

TEST(HintKeys, AreTakenApart) {
  const std::string key = hint_key(ContainerId{258}, "a/b.txt");
  EXPECT_EQ(key, std::string("\x28\0\0\0\0\0\0\x01\x02", 9) + "a/b.txt");
  const auto parsed = parse_hint_key(key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->container, ContainerId{258});
  EXPECT_EQ(parsed->name, "a/b.txt");
  EXPECT_FALSE(parse_hint_key("\x28short"));
  EXPECT_FALSE(parse_hint_key(release_key(ContainerId{1}, ReleaseId{2})));
}

}  // namespace
}  // namespace lapis::blob
