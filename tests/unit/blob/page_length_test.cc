// The length of a page blob: what lies behind the end is seen by nobody, is given back by the
// reclaimer, and never comes back.
#include <gtest/gtest.h>

#include "blob/pages/page_change.h"
#include "support/page_rows.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::pattern;
using test::resize;

struct Disk {
  explicit Disk(std::uint64_t stripes = 4) {
    EXPECT_TRUE(test::make_pages(harness, "disk", stripes * kStripe));
  }
  void write(std::uint64_t stripe, std::uint64_t seed) {
    ASSERT_TRUE(test::write_pages(harness, "disk", stripe * kStripe, pattern(4 * kPage, seed)));
  }
  void reclaim() {
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.rows_of(Table::kRelease), 0u);
  }
  std::uint64_t stripes() const { return harness.rows_of(Table::kPageStripe); }
  BlobHarness harness{test::page_harness()};
};

TEST(PageLength, ShrinksInOneTransactionWhateverIsThere) {
  constexpr std::uint64_t kStripes = 3 * kStripesInChange;
  Disk disk(kStripes);
  std::vector<test::WrittenStripe> stripes;
  for (std::uint64_t i = 1; i < kStripes; ++i) stripes.push_back({i, 1, {}});
  for (auto& one : stripes) one.pieces = {test::page_of(ChunkId{9'999'999}, 1)};
  test::write_stripes(disk.harness, test::pages_of(disk.harness, "disk").map, stripes);
  disk.write(0, 1);
  const std::uint64_t before = disk.harness.meta.counts.transactions;
  ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
  EXPECT_EQ(disk.harness.meta.counts.transactions, before + 1);
  ASSERT_TRUE(disk.harness.reclaim());
  EXPECT_EQ(disk.stripes(), 1u);
}

TEST(PageLength, GivesBackAllThatIsBehindTheEnd) {
  Disk disk;
  for (std::uint64_t i = 0; i < 4; ++i) disk.write(i, i);
  ASSERT_TRUE(resize(disk.harness, "disk", 3 * kStripe));
  ASSERT_TRUE(resize(disk.harness, "disk", 2 * kStripe));
  ASSERT_TRUE(resize(disk.harness, "disk", kPage));
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 4u);
  disk.reclaim();
  EXPECT_EQ(disk.stripes(), 1u);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 1u);
  EXPECT_EQ(*disk.harness.get("disk"), pattern(4 * kPage, 0).substr(0, kPage));
}

TEST(PageLength, LeavesWhatWasWrittenAfterItGrewAgain) {
  Disk disk;
  for (std::uint64_t i = 0; i < 4; ++i) disk.write(i, i);
  ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
  ASSERT_TRUE(resize(disk.harness, "disk", 3 * kStripe));
  disk.write(2, 7);
  disk.reclaim();
  EXPECT_EQ(disk.stripes(), 2u);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 2u);
  ASSERT_TRUE(resize(disk.harness, "disk", 4 * kStripe));
  std::string image(4 * kStripe, '\0');
  image.replace(0, 4 * kPage, pattern(4 * kPage, 0));
  image.replace(2 * kStripe, 4 * kPage, pattern(4 * kPage, 7));
  EXPECT_EQ(*disk.harness.get("disk") == image, true);
}

TEST(PageLength, OfABlobThatIsGoneOrMadeAnewIsNothingToGiveBack) {
  for (const bool is_made_anew : {true, false}) {
    Disk disk;
    disk.write(3, 1);
    ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
    ASSERT_TRUE(disk.harness.erase("disk"));
    if (is_made_anew) {
      ASSERT_TRUE(test::make_pages(disk.harness, "disk", 4 * kStripe));
      disk.write(3, 2);
      ASSERT_TRUE(resize(disk.harness, "disk", 4 * kStripe));
    }
    disk.reclaim();
    EXPECT_EQ(disk.stripes(), is_made_anew ? 1u : 0u);
    EXPECT_EQ(disk.harness.chunks.chunk_count(), is_made_anew ? 1u : 0u);
  }
}

TEST(PageLength, OfADeletedContainerIsNothingToGiveBack) {
  Disk disk;
  disk.write(3, 1);
  ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
  ASSERT_TRUE(disk.harness.run(delete_container(disk.harness.service, {{"acct", "box"}, {}, {}})));
  disk.reclaim();
  EXPECT_EQ(disk.stripes(), 0u);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 0u);
}

TEST(PageLength, IsGivenBackInAContainerThatIsKept) {
  const auto features = std::make_shared<FeaturesByAccount>();
  (*features)["acct"].container_retention_days = 7;
  test::BlobHarnessOptions options = test::page_harness();
  options.features = features;
  BlobHarness harness(options);
  ASSERT_TRUE(test::make_pages(harness, "disk", 4 * kStripe));
  ASSERT_TRUE(test::write_pages(harness, "disk", 0, pattern(4 * kPage, 1)));
  ASSERT_TRUE(test::write_pages(harness, "disk", 3 * kStripe, pattern(4 * kPage, 2)));
  ASSERT_TRUE(resize(harness, "disk", kStripe));
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows_of(Table::kRelease), 0u);
  EXPECT_EQ(harness.rows_of(Table::kPageStripe), 1u);
  EXPECT_EQ(harness.chunks.chunk_count(), 1u);
}

TEST(PageLength, StaysInSnapshotsAsItWas) {
  Disk disk;
  disk.write(3, 1);
  const auto taken = test::take_snapshot(disk.harness, "disk");
  ASSERT_TRUE(taken);
  const std::string image = *disk.harness.get("disk");
  ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
  disk.reclaim();
  ASSERT_TRUE(resize(disk.harness, "disk", 4 * kStripe));
  disk.reclaim();
  EXPECT_EQ(*disk.harness.get("disk") == std::string(4 * kStripe, '\0'), true);
  EXPECT_EQ(*disk.harness.get_snapshot("disk", *taken) == image, true);
}

TEST(PageLength, IsKeptByASnapshotThatIsTakenBeforeItIsGivenBack) {
  Disk disk;
  disk.write(3, 1);
  ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
  const auto taken = test::take_snapshot(disk.harness, "disk");
  ASSERT_TRUE(taken);
  disk.reclaim();
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 1u);
  ASSERT_TRUE(resize(disk.harness, "disk", 4 * kStripe));
  EXPECT_EQ(*disk.harness.get("disk") == std::string(4 * kStripe, '\0'), true);
  EXPECT_EQ(*disk.harness.get_snapshot("disk", *taken) == std::string(kStripe, '\0'), true);
  DeleteBlob request;
  request.key = key_of("disk");
  request.key.snapshot = *taken;
  ASSERT_TRUE(disk.harness.run(delete_blob(disk.harness.service, request)));
  disk.reclaim();
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 0u);
}

// What may not be done clears nothing either.
TEST(PageLength, GrowsOnlyWhereTheRequestMay) {
  SetBlobProperties none;
  none.key = key_of("disk");
  none.keeps_http = true;
  none.length = 4 * kStripe;
  SetBlobProperties leased = none;
  leased.lease = LeaseId::make();
  SetBlobProperties unmet = none;
  unmet.conditions.if_match = EtagCondition{false, {"0x8D0"}};
  for (const SetBlobProperties& request : {leased, unmet}) {
    Disk disk;
    disk.write(3, 1);
    ASSERT_TRUE(resize(disk.harness, "disk", kStripe));
    const std::uint64_t before = disk.harness.meta.counts.transactions;
    EXPECT_FALSE(disk.harness.run(set_blob_properties(disk.harness.service, request)));
    EXPECT_EQ(disk.harness.meta.counts.transactions, before);
    EXPECT_EQ(disk.stripes(), 1u);
    ASSERT_TRUE(disk.harness.run(set_blob_properties(disk.harness.service, none)));
    EXPECT_EQ(disk.stripes(), 0u);
  }
}

}  // namespace
}  // namespace lapis::blob
