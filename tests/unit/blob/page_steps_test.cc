// Walks of page maps that are larger than one job, or one transaction, may take: they end early,
// and going on tells all of it.
#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "blob/pages/page_change.h"
#include "blob/pages/page_listing.h"
#include "blob/pages/page_release.h"
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "support/page_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::page_of;
using test::pattern;
using test::WrittenStripe;

constexpr std::uint64_t kMany = kStepsInJob + 1000;

struct Disk {
  explicit Disk(std::uint64_t stripes) {
    EXPECT_TRUE(test::make_pages(harness, "disk", stripes * kStripe));
    container = test::container_of(harness);
    pages = test::pages_of(harness, "disk");
  }
  void write(const std::vector<WrittenStripe>& stripes) {
    test::write_stripes(harness, pages.map, stripes);
  }
  // Stripes [0, count), as the blob's first generation has them.
  void write_first(std::uint64_t count, const PagePieces& pieces) {
    std::vector<WrittenStripe> all;
    for (std::uint64_t i = 0; i < count; ++i) all.push_back({i, 1, pieces});
    write(all);
  }
  BlobHarness harness{test::page_harness()};
  ContainerId container;
  PageBody pages;
};

// Some stripes, each of some generations, up to five.
std::vector<WrittenStripe> random_stripes(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<WrittenStripe> stripes;
  for (std::uint64_t stripe = 0; stripe < 60; ++stripe) {
    for (std::uint64_t generation = 1; generation <= 5; ++generation) {
      if (random() % 4 != 0) continue;
      const auto page = static_cast<std::uint32_t>(random() % kStripePages);
      stripes.push_back({stripe, generation, {page_of(ChunkId{1 + random() % 3}, page)}});
    }
  }
  return stripes;
}

using Told = std::vector<std::tuple<std::uint64_t, std::uint64_t, bool>>;
Told walk(Disk& disk, std::uint64_t generation, std::size_t steps) {
  const auto snapshot = disk.harness.meta.snapshot();
  PageBody pages = disk.pages;
  pages.generation = generation;
  Told told;
  for (StripeSpan span{3, 55}; span.first < span.end;) {
    StripeScan scan(*snapshot, disk.container, pages, span, steps);
    while (true) {
      const auto row = scan.next();
      EXPECT_TRUE(row);
      if (!row || !*row) break;
      told.emplace_back((*row)->stripe, (*row)->generation, (*row)->has_older);
    }
    EXPECT_GT(scan.end(), span.first);
    if (scan.end() <= span.first) break;
    span.first = scan.end();
  }
  return told;
}

TEST(StripeScan, TellsTheSameInHoweverManySteps) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Disk disk(60);
    disk.write(random_stripes(seed));
    for (std::uint64_t generation = 1; generation <= 5; ++generation) {
      const Told all = walk(disk, generation, kStepsInJob);
      for (const std::size_t steps : {1u, 2u, 7u}) EXPECT_EQ(walk(disk, generation, steps), all);
    }
  }
}

TEST(StripeScan, EndsEarlyWhereAllIsYounger) {
  Disk disk(kMany);
  std::vector<WrittenStripe> stripes;
  for (std::uint64_t i = 0; i < kMany; ++i) stripes.push_back({i, 2, {page_of(ChunkId{1}, 0)}});
  disk.write(stripes);
  const auto snapshot = disk.harness.meta.snapshot();
  StripeScan scan(*snapshot, disk.container, disk.pages, {0, kMany});
  EXPECT_EQ(*scan.next(), std::nullopt);
  EXPECT_EQ(scan.steps_left(), 0u);
  EXPECT_GE(scan.end(), kStepsInJob);
  EXPECT_LT(scan.end(), kMany);
}

std::vector<PageRange> list(Disk& disk, const std::optional<std::uint64_t>& before,
                            std::size_t steps) {
  const auto snapshot = disk.harness.meta.snapshot();
  const auto listed = [&](std::uint64_t generation) {
    ListedPages pages{{{disk.container, disk.pages}}, 58 * kStripePages + 100};
    pages.stack.front().pages.generation = generation;
    return pages;
  };
  std::optional<ListedPages> previous;
  if (before) previous = listed(*before);
  const PageListing listing{17, 58 * kStripePages + 3, 100'000};
  PageLister lister(*snapshot, listed(4), previous, listing);
  while (!lister.is_done()) EXPECT_TRUE(lister.step(steps));
  const ListedRanges all = lister.take();
  EXPECT_EQ(all.next, std::nullopt);
  return all.ranges;
}

TEST(PageLister, TellsTheSameInHoweverManySteps) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Disk disk(60);
    disk.write(random_stripes(seed));
    for (const std::optional<std::uint64_t> before : {std::optional<std::uint64_t>{}, {1}, {3}}) {
      const auto all = list(disk, before, kStepsInJob);
      EXPECT_FALSE(all.empty());
      for (const std::size_t steps : {1u, 2u, 7u}) EXPECT_EQ(list(disk, before, steps), all);
    }
  }
}

TEST(GetPageRanges, OfMuchToWalkAreToldInPagesOrNotAtAll) {
  Disk disk(kMany);
  disk.write_first(kMany, {page_of(ChunkId{1}, 1)});
  GetPageRanges request;
  request.key = key_of("disk");
  request.max_results = kMany;
  request.max_steps = kStepsInJob;
  std::uint64_t told = 0;
  auto page = disk.harness.run(get_page_ranges(disk.harness.service, request));
  ASSERT_TRUE(page);
  ASSERT_TRUE(page->next);
  told += page->ranges.size();
  EXPECT_LT(told, kMany);
  request.start = *page->next;
  page = disk.harness.run(get_page_ranges(disk.harness.service, request));
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->next);
  EXPECT_EQ(told + page->ranges.size(), kMany);

  request.start = 0;
  request.in_pages = false;
  page = disk.harness.run(get_page_ranges(disk.harness.service, request));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kOperationTimedOut);
  request.max_steps = kMostPageSteps;
  page = disk.harness.run(get_page_ranges(disk.harness.service, request));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->ranges.size(), kMany);
  request.max_results = kMany - 1;
  page = disk.harness.run(get_page_ranges(disk.harness.service, request));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kOperationTimedOut);
}

TEST(PageBlob, IsReadThroughStripesThatAreYounger) {
  Disk disk(kMany + 1);
  ASSERT_TRUE(test::write_pages(disk.harness, "disk", kMany * kStripe, pattern(kStripe / 2, 1)));
  const auto taken = test::take_snapshot(disk.harness, "disk");
  ASSERT_TRUE(taken);
  std::vector<WrittenStripe> stripes;
  for (std::uint64_t i = 0; i < kMany; ++i) stripes.push_back({i, 2, {page_of(ChunkId{1}, 0)}});
  disk.write(stripes);
  GetBlob request;
  request.key = key_of("disk");
  request.key.snapshot = *taken;
  request.range = RequestedRange{4 * kStripe, std::nullopt};
  const auto result = disk.harness.run(get_blob(disk.harness.service, request));
  ASSERT_TRUE(result);
  const std::string last = pattern(kStripe / 2, 1) + std::string(kStripe / 2, '\0');
  while (result->body->remaining() > last.size()) {
    ASSERT_TRUE(disk.harness.run(result->body->next()));
  }
  ASSERT_EQ(result->body->remaining(), last.size());
  const auto read = disk.harness.run(test::read_all(*result->body));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read == last, true);
}

TEST(ClearPages, PassOverWhatIsClearInJobsOfTheirOwn) {
  Disk disk(kMany + 1);
  disk.write_first(kMany, {});  // empty rows, as a clear behind a snapshot leaves
  ASSERT_TRUE(test::write_pages(disk.harness, "disk", kMany * kStripe, pattern(kPage, 1)));
  const auto snapshot = disk.harness.meta.snapshot();
  const std::uint64_t end = (kMany + 1) * kStripePages;
  const auto plan = plan_clear(*snapshot, {{disk.container, disk.pages}}, 0, end);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->stripes.empty());
  EXPECT_LT(plan->end, end);

  const std::uint64_t before = disk.harness.meta.counts.transactions;
  ASSERT_TRUE(test::clear_pages(disk.harness, "disk", 0, end * kPage));
  EXPECT_EQ(disk.harness.meta.counts.transactions, before + 1);
  EXPECT_EQ(*test::ranges_of(disk.harness, "disk"), std::vector<PageRange>{});
}

TEST(ClearPages, OfManyStripesTakeSeveralTransactions) {
  constexpr std::uint64_t kStripes = 2 * kStripesInChange + 10;
  Disk disk(kStripes);
  disk.write_first(kStripes, {page_of(ChunkId{1}, 5)});
  PutPage request = test::pages_at("disk", 0, kStripes * kStripe);
  GetBlobProperties asked;
  asked.key = key_of("disk");
  const auto was = disk.harness.run(get_blob_properties(disk.harness.service, asked));
  ASSERT_TRUE(was);
  request.conditions.if_match = EtagCondition{false, {was->properties->etag.text()}};
  const std::uint64_t before = disk.harness.meta.counts.transactions;
  // The first is held against the conditions; what it leaves has another ETag.
  const auto cleared = disk.harness.run(clear_pages(disk.harness.service, request));
  ASSERT_TRUE(cleared) << to_string(cleared.error());
  EXPECT_EQ(disk.harness.meta.counts.transactions, before + 3);
  EXPECT_EQ(*test::ranges_of(disk.harness, "disk"), std::vector<PageRange>{});
  EXPECT_EQ(disk.harness.rows_of(Table::kPageStripe), 0u);
}

TEST(ClearPages, EndWhereTheBlobIsReplacedInBetween) {
  constexpr std::uint64_t kStripes = 2 * kStripesInChange;
  Disk disk(kStripes);
  disk.write_first(kStripes, {page_of(ChunkId{1}, 5)});
  auto& meta = disk.harness.meta;
  meta.before_transaction = [&]() -> io::Task<void> {
    meta.before_transaction = [&]() -> io::Task<void> {
      test::InlineExecutor other;
      PutPageBlob made;
      made.blob.key = key_of("disk");
      made.length = kStripes * kStripe;
      EXPECT_TRUE(other.run_task(put_page_blob(disk.harness.service, made)));
      co_return;
    };
    co_return;
  };
  const auto cleared = test::clear_pages(disk.harness, "disk", 0, kStripes * kStripe);
  ASSERT_FALSE(cleared);
  EXPECT_EQ(cleared.error().code, ErrorCode::kConditionNotMet);
}

TEST(UnnamedTargets, AreTheSameInHoweverManySteps) {
  Disk disk(60);
  disk.write(random_stripes(1));
  PageRelease release;
  release.map = disk.pages.map;
  for (std::uint64_t i = 0; i < 50; ++i) {
    release.targets.push_back({{0, 1 + i % 5}, i * kStripePages, 2 * kStripePages});
  }
  const auto snapshot = disk.harness.meta.snapshot();
  const auto find = [&](std::size_t rows) {
    UnnamedTargets search(*snapshot, disk.container, release);
    std::vector<BlockTarget> all;
    while (!search.is_done()) {
      const auto some = search.step(rows);
      EXPECT_TRUE(some);
      all.insert(all.end(), some->begin(), some->end());
    }
    return all;
  };
  const auto all = find(kStepsInJob);
  EXPECT_GT(all.size(), 20u);  // chunks 4 and 5 are named nowhere
  EXPECT_LT(all.size(), 50u);
  for (const std::size_t rows : {1u, 2u, 7u}) EXPECT_EQ(find(rows), all);
}

// More than is erased in one step.
TEST(Reclaimer, ThinsALargeMapInSeveralSteps) {
  constexpr std::uint64_t kStripes = 600;
  Disk disk(kStripes);
  for (std::uint64_t i = 0; i < kStripes; ++i) {
    ASSERT_TRUE(test::write_pages(disk.harness, "disk", i * kStripe, pattern(3 * kPage, i)));
  }
  const auto taken = test::take_snapshot(disk.harness, "disk");
  ASSERT_TRUE(taken);
  for (std::uint64_t i = 0; i < kStripes; ++i) {
    ASSERT_TRUE(test::write_pages(disk.harness, "disk", i * kStripe, pattern(3 * kPage, i + 1)));
  }
  EXPECT_EQ(disk.harness.rows_of(Table::kPageStripe), 2 * kStripes);
  DeleteBlob request;
  request.key = key_of("disk");
  request.key.snapshot = *taken;
  ASSERT_TRUE(disk.harness.run(delete_blob(disk.harness.service, request)));
  for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(disk.harness.reclaim());
  EXPECT_EQ(disk.harness.rows_of(Table::kPageStripe), kStripes);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), kStripes);
  const auto read = disk.harness.get("disk", RequestedRange{7 * kStripe, 7 * kStripe + kPage - 1});
  EXPECT_EQ(*read, pattern(3 * kPage, 8).substr(0, kPage));
}

// Entries of one pass that were dropped before it began need one walk, not one each.
TEST(Reclaimer, ThinsAMapOnceAPass) {
  constexpr std::uint64_t kStripes = 1000;
  constexpr int kSnapshots = 8;
  Disk disk(kStripes);
  disk.write_first(kStripes, {page_of(ChunkId{9'999'999}, 5)});
  DeleteBlob request;
  request.key = key_of("disk");
  for (int i = 0; i < kSnapshots; ++i) {
    ASSERT_TRUE(test::take_snapshot(disk.harness, "disk"));
    ASSERT_TRUE(test::write_pages(disk.harness, "disk", 0, pattern(3 * kPage, i)));
  }
  ASSERT_TRUE(test::take_snapshot(disk.harness, "disk"));  // holds the blob's own generation
  request.snapshots = SnapshotDeletion::kOnly;
  ASSERT_TRUE(disk.harness.run(delete_blob(disk.harness.service, request)));
  EXPECT_GE(disk.harness.rows_of(Table::kRelease), std::size_t{kSnapshots});
  const std::uint64_t before = disk.harness.rows.visits();
  for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(disk.harness.reclaim());
  EXPECT_LT(disk.harness.rows.visits() - before, 2 * kStripes);
  EXPECT_EQ(disk.harness.rows_of(Table::kRelease), 0u);
  EXPECT_EQ(disk.harness.rows_of(Table::kPageStripe), kStripes);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 1u);
}

TEST(Reclaimer, SaysOfABusyStoreThatItWillTryAgain) {
  Disk disk(1);
  ASSERT_TRUE(test::write_pages(disk.harness, "disk", 0, pattern(3 * kPage, 1)));
  const auto taken = test::take_snapshot(disk.harness, "disk");
  ASSERT_TRUE(taken);
  ASSERT_TRUE(test::write_pages(disk.harness, "disk", 0, pattern(3 * kPage, 2)));
  DeleteBlob request;
  request.key = key_of("disk");
  request.key.snapshot = *taken;
  ASSERT_TRUE(disk.harness.run(delete_blob(disk.harness.service, request)));
  testing::internal::CaptureStderr();
  // The first commit is the pass's mark, the second erases rows of the map.
  disk.harness.rows.fail_commit(2, Error{ErrorCode::kServerBusy, "planned"});
  ASSERT_TRUE(disk.harness.reclaim());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("left for the next pass"), std::string::npos) << log;
  EXPECT_EQ(log.find("cannot be read"), std::string::npos) << log;
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 2u);
  for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(disk.harness.reclaim());
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 1u);
}

TEST(CopyBlob, OfPagesInMoreRangesThanAreListedAtOnce) {
  constexpr std::uint64_t kRanges = 1100;
  Disk disk(5);
  std::vector<PageRange> ranges;
  for (std::uint64_t i = 0; i < kRanges; ++i) {
    ranges.push_back({2 * i * kPage, kPage, false});
    ASSERT_TRUE(test::write_pages(disk.harness, "disk", ranges.back().first, pattern(kPage, i)));
  }
  test::ScriptedSources sources;
  CopyBlob request;
  request.blob.key = key_of("copy");
  request.source.url = "http://h/acct/box/disk";
  request.local = key_of("disk");
  const auto copied = disk.harness.run(copy_blob(disk.harness.service, request, sources));
  ASSERT_TRUE(copied) << to_string(copied.error());
  EXPECT_EQ(*test::ranges_of(disk.harness, "copy"), ranges);
  EXPECT_EQ(*disk.harness.get("copy") == *disk.harness.get("disk"), true);
}

}  // namespace
}  // namespace lapis::blob
