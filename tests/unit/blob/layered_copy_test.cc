// Copies of page blobs that share their source's pages: what they cost, and that neither sees what
// the other writes.
#include "blob/pages/layered_copy.h"

#include <gtest/gtest.h>

#include "lapis/blob/affected_blobs.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "support/page_requests.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::clear_pages;
using test::kPage;
using test::kStripe;
using test::page_key;
using test::pattern;
using test::write_pages;

constexpr std::uint64_t kLength = 4 * kStripe;

class LayeredCopies : public ::testing::TestWithParam<const char*> {
 protected:
  LayeredCopies() {
    EXPECT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "crate"}, {}})));
    EXPECT_TRUE(test::make_pages(harness_, "disk", kLength));
    for (std::uint64_t at = 0; at < kLength; at += 64 * kPage) {
      EXPECT_TRUE(write_pages(harness_, "disk", at, pattern(10 * kPage, at + 1)));
    }
    EXPECT_TRUE(write_pages(harness_, "disk", 20 * kPage, pattern(2 * kPage, 7)));  // in a row
  }

  // In the container of the test's parameter.
  static std::string there(const std::string& name) { return std::string(GetParam()) + ":" + name; }

  Result<CopyBlobResult> copy(const std::string& from, const std::string& to,
                              std::optional<Timestamp> snapshot = {}, Conditions conditions = {}) {
    CopyBlob request;
    request.blob.key = page_key(to);
    request.source.url = "http://h/acct/any";
    request.source.conditions = std::move(conditions);
    request.local = page_key(from);
    request.local->snapshot = snapshot;
    return harness_.run(copy_blob(harness_.service, std::move(request), sources_));
  }
  std::string get(const std::string& name) {
    const auto text = harness_.get(page_key(name));
    EXPECT_TRUE(text);
    return text.value_or("");
  }
  void erase(const std::string& name) {
    DeleteBlob request;
    request.key = page_key(name);
    request.snapshots = SnapshotDeletion::kInclude;
    ASSERT_TRUE(harness_.run(delete_blob(harness_.service, std::move(request))));
  }
  void reclaim() {
    for (int pass = 0; pass < 4; ++pass) ASSERT_TRUE(harness_.reclaim());
    EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  }

  BlobHarness harness_{test::page_harness()};
  test::ScriptedSources sources_;
};

TEST_P(LayeredCopies, WriteNoPageAndFewRows) {
  const auto held = harness_.chunks.held_bytes();
  const auto before = harness_.rows.rows();
  ASSERT_TRUE(copy("disk", there("clone")));
  EXPECT_EQ(harness_.chunks.held_bytes(), held);
  // The copy and the source's map; of a loan also that, what looks after it, and the count.
  EXPECT_LE(test::changes_between(before, harness_.rows.rows()), 5u);
  EXPECT_EQ(sources_.taken, 0);
  EXPECT_EQ(get(there("clone")), get("disk"));
  EXPECT_EQ(*test::ranges_of(harness_, there("clone")), *test::ranges_of(harness_, "disk"));
}

TEST_P(LayeredCopies, AndTheirSourcesAreWrittenApart) {
  const std::string original = get("disk");
  ASSERT_TRUE(copy("disk", there("clone")));
  ASSERT_TRUE(write_pages(harness_, "disk", 0, pattern(kStripe, 100)));
  EXPECT_EQ(get(there("clone")), original);
  ASSERT_TRUE(write_pages(harness_, there("clone"), 66 * kPage, pattern(9 * kPage, 101)));
  ASSERT_TRUE(clear_pages(harness_, there("clone"), 128 * kPage, 3 * kPage));
  ASSERT_TRUE(clear_pages(harness_, there("clone"), 131 * kPage, kPage));
  std::string expected = original;
  expected.replace(66 * kPage, 9 * kPage, pattern(9 * kPage, 101));
  expected.replace(128 * kPage, 4 * kPage, std::string(4 * kPage, '\0'));
  EXPECT_EQ(get(there("clone")), expected);
  reclaim();
  EXPECT_EQ(get(there("clone")), expected);
  erase("disk");
  reclaim();
  EXPECT_EQ(get(there("clone")), expected);
  ASSERT_TRUE(clear_pages(harness_, there("clone"), 0, kLength));
  EXPECT_EQ(get(there("clone")), std::string(kLength, '\0'));
  EXPECT_EQ(*test::ranges_of(harness_, there("clone")), std::vector<PageRange>{});
  erase(there("clone"));
  reclaim();
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  for (const Table table : {Table::kBlob, Table::kBlockBytes, Table::kRelease, Table::kSharedBody,
                            Table::kLoan, Table::kPageStripe, Table::kPageMap}) {
    EXPECT_EQ(harness_.rows_of(table), 0u) << "table " << static_cast<int>(table);
  }
}

TEST_P(LayeredCopies, ShowNothingBehindAnEndThatTheyHad) {
  const std::string original = get("disk");
  ASSERT_TRUE(copy("disk", there("clone")));
  ASSERT_TRUE(test::resize(harness_, there("clone"), 70 * kPage));
  ASSERT_TRUE(test::resize(harness_, there("clone"), 2 * kLength));
  const std::string expected =
      original.substr(0, 70 * kPage) + std::string(2 * kLength - 70 * kPage, '\0');
  EXPECT_EQ(get(there("clone")), expected);
  reclaim();
  EXPECT_EQ(get(there("clone")), expected);
  ASSERT_TRUE(copy(there("clone"), there("second")));
  EXPECT_EQ(get(there("second")), expected);
}

TEST_P(LayeredCopies, ThatWereCutOffToNothingHoldNothing) {
  ASSERT_TRUE(copy("disk", there("clone")));
  ASSERT_TRUE(test::resize(harness_, there("clone"), 0));
  ASSERT_TRUE(test::resize(harness_, there("clone"), kLength));
  erase("disk");
  reclaim();
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(get(there("clone")), std::string(kLength, '\0'));
}

TEST_P(LayeredCopies, TellWhatChangedSinceTheirSnapshots) {
  ASSERT_TRUE(copy("disk", there("clone")));
  const auto first = test::take_snapshot(harness_, there("clone"));
  ASSERT_TRUE(write_pages(harness_, there("clone"), 3 * kPage, pattern(kPage, 1)));
  ASSERT_TRUE(clear_pages(harness_, there("clone"), 64 * kPage, 2 * kPage));
  ASSERT_TRUE(clear_pages(harness_, there("clone"), 30 * kPage, 2 * kPage)) << "nothing was there";
  GetPageRanges difference;
  difference.key = page_key(there("clone"));
  difference.previous = *first;
  EXPECT_EQ(*test::ranges_of(harness_, difference),
            (std::vector<PageRange>{{3 * kPage, kPage, false}, {64 * kPage, 2 * kPage, true}}));
}

TEST_P(LayeredCopies, OfSnapshotsOverTheirOwnBlobBringThatBack) {
  const std::string original = get("disk");
  const auto time = test::take_snapshot(harness_, "disk");
  ASSERT_TRUE(write_pages(harness_, "disk", 0, pattern(kStripe, 100)));
  ASSERT_TRUE(copy("disk", "disk", *time));
  EXPECT_EQ(get("disk"), original);
  ASSERT_TRUE(write_pages(harness_, "disk", 0, pattern(kPage, 101)));
  reclaim();
  EXPECT_EQ(get("disk"), pattern(kPage, 101) + original.substr(kPage));
}

TEST_P(LayeredCopies, WithoutPagesOfTheirOwnAddNoLayer) {
  ASSERT_TRUE(copy("disk", there("c0")));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(copy(there("c" + std::to_string(i)), there("c" + std::to_string(i + 1))));
  }
  EXPECT_EQ(sources_.taken, 0);
  EXPECT_EQ(get(there("c20")), get("disk"));
}

TEST_P(LayeredCopies, OfTooManyLayersAreWrittenOut) {
  std::string last = "disk";
  std::string expected = get("disk");
  for (std::size_t i = 0; i <= kMaxPageLayers; ++i) {
    EXPECT_EQ(sources_.taken, 0);
    const std::string next = there("c" + std::to_string(i));
    ASSERT_TRUE(copy(last, next));
    ASSERT_TRUE(write_pages(harness_, next, i * 64 * kPage, pattern(kPage, 200 + i)));
    expected.replace(i * 64 * kPage, kPage, pattern(kPage, 200 + i));
    EXPECT_EQ(get(next), expected);
    last = next;
  }
  EXPECT_EQ(sources_.taken, 1);
  ASSERT_TRUE(copy(last, there("again")));
  EXPECT_EQ(sources_.taken, 1) << "it has one layer by now";
  EXPECT_EQ(get(there("again")), expected);
  reclaim();
}

TEST_P(LayeredCopies, AreRefusedAsOthersAre) {
  Conditions never;
  never.if_match = EtagCondition{false, {"0x8D0"}};
  EXPECT_EQ(copy("disk", there("clone"), {}, never).error().code,
            ErrorCode::kSourceConditionNotMet);
  EXPECT_EQ(copy("none", there("clone")).error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(copy("disk", there("clone"), Timestamp(Ticks(5))).error().code,
            ErrorCode::kBlobNotFound);
}

TEST_P(LayeredCopies, AreNamedWhereTheirSourcesPagesAreDamaged) {
  ASSERT_TRUE(copy("disk", there("clone")));
  ASSERT_TRUE(write_pages(harness_, there("clone"), 0, pattern(kPage, 1)));
  std::vector<storage::DamagedChunk> damaged(1);
  const auto snapshot = harness_.meta.snapshot();
  const auto first = snapshot->scan(std::string(1, '\x2b'), std::string(1, '\x2c'));
  ASSERT_TRUE(first->valid());
  const auto key = parse_page_stripe_key(first->key());
  const auto pieces = decode_pieces(first->value(), key->container);
  damaged[0].chunk = ChunkId{pieces->front().target.id};
  damaged[0].bad = {{0, 2 * kPage}};
  const std::atomic<bool> stopping = false;
  const auto found = harness_.run(find_affected(harness_.service, damaged, stopping));
  ASSERT_TRUE(found);
  std::vector<std::pair<std::string, std::uint64_t>> told;
  for (const auto& range : *found) told.emplace_back(range.blob.name, range.length);
  std::ranges::sort(told);
  EXPECT_EQ(told, (std::vector<std::pair<std::string, std::uint64_t>>{{"clone", kPage},
                                                                      {"disk", 2 * kPage}}));
}

INSTANTIATE_TEST_SUITE_P(Containers, LayeredCopies, ::testing::Values("box", "crate"));

}  // namespace
}  // namespace lapis::blob
