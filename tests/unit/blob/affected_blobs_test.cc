#include "lapis/blob/affected_blobs.h"

#include <gtest/gtest.h>

#include <set>

#include "blob/blob_rows.h"
#include "blob/keys.h"
#include "blob/records.h"
#include "lapis/base/crc64.h"
#include "lapis/blob/deletion_version.h"
#include "lapis/blob/ops/copy_blob.h"
#include "support/page_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::latest;
using test::page_of;
using test::pattern;

class AffectedBlobs : public testing::Test {
 protected:
  ContainerId container(const std::string& name = "box") {
    const auto row = harness_.meta.snapshot()->get(container_name_key("acct", name));
    return decode_container(**row)->id;
  }
  BlobRecord blob(const std::string& name) {
    const auto row = harness_.meta.snapshot()->get(blob_key(container(), name));
    return decode_blob(**row).value();
  }
  // Chunks of 100 bytes at most: see BlobHarnessOptions.
  storage::DamagedChunk damage(ChunkId chunk, std::vector<storage::ChunkRange> bad) {
    storage::DamagedChunk damaged;
    damaged.chunk = chunk;
    damaged.bad = std::move(bad);
    return damaged;
  }
  storage::DamagedChunk owned(storage::DamagedChunk damaged, const std::string& name) {
    damaged.owner = storage::ChunkOwner{container(), crc64(as_bytes(name))};
    return damaged;
  }
  std::vector<AffectedRange> find(std::vector<storage::DamagedChunk> damaged) {
    auto found = harness_.run(find_affected(harness_.service, std::move(damaged), stopping_));
    EXPECT_TRUE(found) << to_string(found.error());
    return found.value_or(std::vector<AffectedRange>{});
  }

  const std::shared_ptr<FeaturesByAccount> features_ = std::make_shared<FeaturesByAccount>();
  BlobHarness harness_{{.features = features_}};
  std::atomic<bool> stopping_ = false;
};

void expect_range(const AffectedRange& range, const std::string& name, std::uint64_t offset,
                  std::uint64_t length) {
  EXPECT_EQ(range.blob.account, "acct");
  EXPECT_EQ(range.blob.container, "box");
  EXPECT_EQ(range.blob.name, name);
  EXPECT_EQ(range.block, "");
  EXPECT_EQ(range.offset, offset);
  EXPECT_EQ(range.length, length);
}

TEST_F(AffectedBlobs, RangesOfAPutBlobAreItsOwn) {
  ASSERT_TRUE(harness_.put("long", pattern(250, 1)));
  ASSERT_TRUE(harness_.put("other", pattern(250, 2)));
  const ChunkId second = blob("long").body.blocks.at(0).chunks.at(1).id;
  const auto found = find({owned(damage(second, {{0, 16}, {64, 100}}), "long")});
  ASSERT_EQ(found.size(), 2u);
  expect_range(found[0], "long", 100, 16);
  expect_range(found[1], "long", 164, 36);  // the chunk ends there
  EXPECT_EQ(found[0].chunk, second);
}

TEST_F(AffectedBlobs, OfAContainerThatIsKeptTellWhichDeletionItIs) {
  (*features_)["acct"].container_retention_days = 7;
  ASSERT_TRUE(harness_.put("long", pattern(90, 1)));
  const ChunkId chunk = blob("long").body.blocks.at(0).chunks.at(0).id;
  const auto known = owned(damage(chunk, {{0, 16}}), "long");
  ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}})));
  ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "box"}, {}})));
  for (const auto& damaged : {known, damage(chunk, {{0, 16}})}) {
    const auto found = find({damaged});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].blob.account, "acct");
    EXPECT_EQ(found[0].blob.container,
              "box (deleted " + deletion_version(harness_.clock.now()) + ")");
    EXPECT_EQ(found[0].blob.name, "long");
  }
}

TEST_F(AffectedBlobs, AnOwnerThatIsUnknownIsSearchedFor) {
  ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "a"}, {}})));
  ASSERT_TRUE(harness_.put("first", pattern(90, 1)));
  ASSERT_TRUE(harness_.put("second", pattern(90, 2)));
  const ChunkId chunk = blob("second").body.blocks.at(0).chunks.at(0).id;
  const auto unknown = find({damage(chunk, {{16, 16}})});
  ASSERT_EQ(unknown.size(), 1u);
  expect_range(unknown[0], "second", 16, 16);
  // Or one that has it no more.
  const auto wrong = find({owned(damage(chunk, {{16, 16}}), "first")});
  ASSERT_EQ(wrong.size(), 1u);
  expect_range(wrong[0], "second", 16, 16);
}

// Of one container, and of another one that has borrowed the body.
TEST_F(AffectedBlobs, CopiesAreNamedBesideTheOwner) {
  ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "crate"}, {}})));
  ASSERT_TRUE(harness_.put("first", pattern(90, 1)));
  ASSERT_TRUE(harness_.put("alone", pattern(90, 2)));
  for (const BlobKey& to : {test::key_of("copy"), BlobKey{"acct", "crate", "lent"}}) {
    test::ScriptedSources sources;
    CopyBlob request;
    request.blob.key = to;
    request.source.url = "http://h/acct/box/first";
    request.local = test::key_of("first");
    ASSERT_TRUE(harness_.run(copy_blob(harness_.service, std::move(request), sources)));
  }
  const ChunkId chunk = blob("first").body.blocks.at(0).chunks.at(0).id;
  const ChunkId other = blob("alone").body.blocks.at(0).chunks.at(0).id;
  const auto found =
      find({owned(damage(chunk, {{16, 16}}), "first"), owned(damage(other, {{0, 8}}), "alone")});
  std::set<std::string> named;
  for (const AffectedRange& range : found) {
    named.insert(range.blob.container + "/" + range.blob.name);
  }
  EXPECT_EQ(named, (std::set<std::string>{"box/first", "box/copy", "crate/lent", "box/alone"}));
  EXPECT_EQ(found.size(), 4u) << "each once";
}

TEST_F(AffectedBlobs, BlocksInSegmentsAreCountedFromTheBlobsBegin) {
  std::vector<std::string> ids;
  for (int i = 0; i < 600; ++i) ids.push_back("B" + std::to_string(1000 + i));
  for (const auto& id : ids) ASSERT_TRUE(harness_.stage("big", id, pattern(20, id.back())));
  ASSERT_TRUE(harness_.commit("big", latest(ids)));
  const Body body = blob("big").body;
  ASSERT_GE(body.segments.size(), 2u);
  const auto row = harness_.meta.snapshot()->get(segment_key(container(), body.segments.back().id));
  const Segment segment = decode_segment(**row).value();
  const auto found = find({owned(damage(segment.blocks.back().chunks.at(0).id, {{0, 20}}), "big")});
  ASSERT_EQ(found.size(), 1u);
  expect_range(found[0], "big", 599 * 20, 20);
}

TEST_F(AffectedBlobs, StagedBlocksAreNamedWithTheirId) {
  ASSERT_TRUE(harness_.stage("up", "B1", pattern(150, 1)));
  const auto upload = read_upload(*harness_.meta.snapshot(), container(), "up").value();
  ASSERT_TRUE(upload);
  const auto row =
      harness_.meta.snapshot()->get(staged_block_key(container(), upload->id, BlockId{"B1"}));
  const Block block = decode_staged_block(**row, "B1").value();
  const auto found = find({owned(damage(block.chunks.at(1).id, {{10, 5}}), "up")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].blob.name, "up");
  EXPECT_EQ(found[0].block, "B1");
  EXPECT_EQ(found[0].offset, 110u);
  EXPECT_EQ(found[0].length, 5u);
}

TEST_F(AffectedBlobs, AFrameWhoseBytesAreWholeHasNoLength) {
  ASSERT_TRUE(harness_.put("long", pattern(250, 1)));
  const ChunkId third = blob("long").body.blocks.at(0).chunks.at(2).id;
  const auto found = find({damage(third, {})});
  ASSERT_EQ(found.size(), 1u);
  expect_range(found[0], "long", 200, 0);
}

TEST_F(AffectedBlobs, ASearchCanBeStopped) {
  ASSERT_TRUE(harness_.put("long", pattern(250, 1)));
  const ChunkId chunk = blob("long").body.blocks.at(0).chunks.at(0).id;
  stopping_ = true;
  const auto found =
      harness_.run(find_affected(harness_.service, {damage(chunk, {{0, 16}})}, stopping_));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kServerBusy);
}

TEST_F(AffectedBlobs, WhatNoBlobNamesHasNoRange) {
  ASSERT_TRUE(harness_.put("gone", pattern(90, 1)));
  const ChunkId chunk = blob("gone").body.blocks.at(0).chunks.at(0).id;
  ASSERT_TRUE(harness_.put("gone", "short"));
  EXPECT_TRUE(find({owned(damage(chunk, {{0, 16}}), "gone")}).empty());
  EXPECT_TRUE(find({}).empty());
}

// Behind more stripes than one job looks at.
TEST_F(AffectedBlobs, PagesAreFoundHoweverLargeTheBlob) {
  constexpr std::uint64_t kStripes = 2 * kStepsInJob + 100;
  ASSERT_TRUE(test::make_pages(harness_, "disk", kStripes * kStripeBytes));
  std::vector<test::WrittenStripe> stripes;
  for (std::uint64_t i = 0; i < kStripes; ++i) stripes.push_back({i, 1, {page_of(ChunkId{7}, 3)}});
  for (const std::uint64_t i : {1, 5000, 8291}) stripes[i].pieces = {page_of(ChunkId{8}, 2)};
  test::write_stripes(harness_, test::pages_of(harness_, "disk").map, stripes);
  ASSERT_TRUE(harness_.put("other", pattern(90, 1)));
  const ChunkId other = blob("other").body.blocks.at(0).chunks.at(0).id;
  const auto found = find({damage(ChunkId{8}, {{0, 100}}), damage(other, {{0, 16}})});
  ASSERT_EQ(found.size(), 4u);
  expect_range(found[0], "disk", 1 * kStripeBytes + 2 * kPageBytes, 100);
  expect_range(found[1], "disk", 5000 * kStripeBytes + 2 * kPageBytes, 100);
  expect_range(found[2], "disk", 8291 * kStripeBytes + 2 * kPageBytes, 100);
  expect_range(found[3], "other", 0, 16);
}

}  // namespace
}  // namespace lapis::blob
