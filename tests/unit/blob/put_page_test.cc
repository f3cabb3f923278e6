// Writing and clearing pages: conditions, races, what is refused, and what an empty blob costs.
#include "lapis/blob/ops/put_page.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/set_blob_metadata.h"
#include "support/page_requests.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::pattern;
using test::write_pages;

constexpr std::uint64_t kTiB = 1ull << 40;

struct Disk {
  explicit Disk(std::uint64_t length = 4 * kStripe) {
    EXPECT_TRUE(test::make_pages(harness, "disk", length));
  }
  ErrorCode write_error(PutPage request) {
    const auto result = write_pages(harness, std::move(request), pattern(kPage, 1));
    return result ? ErrorCode{} : result.error().code;
  }
  BlobHarness harness{test::page_harness()};
};

TEST(PageBlob, OfEightTiBCostsOneRow) {
  BlobHarness harness(test::page_harness());
  const std::size_t before = harness.rows.rows().size();
  ASSERT_TRUE(test::make_pages(harness, "disk", 8 * kTiB));
  EXPECT_EQ(harness.rows.rows().size(), before + 1);
  EXPECT_EQ(*test::ranges_of(harness, "disk"), std::vector<PageRange>{});
  const RequestedRange somewhere{5 * kTiB + 100, 5 * kTiB + 5'000'099};
  EXPECT_EQ(*harness.get("disk", somewhere), std::string(5'000'000, '\0'));
  ASSERT_TRUE(write_pages(harness, "disk", 8 * kTiB - kPage, pattern(kPage, 1)));
  const PageRange last{8 * kTiB - kPage, kPage, false};
  EXPECT_EQ(*test::ranges_of(harness, "disk"), std::vector<PageRange>{last});
  ASSERT_TRUE(test::clear_pages(harness, "disk", 0, 8 * kTiB));
  EXPECT_EQ(*test::ranges_of(harness, "disk"), std::vector<PageRange>{});
}

TEST(PageBlob, StreamsZerosFromMemoryThatIsShared) {
  Disk disk(kTiB);
  GetBlob request;
  request.key = key_of("disk");
  auto result = disk.harness.run(get_blob(disk.harness.service, request));
  ASSERT_TRUE(result);
  const auto first = disk.harness.run(result->body->next());
  const auto second = disk.harness.run(result->body->next());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->data(), second->data());
  EXPECT_EQ(result->body->remaining(), kTiB - first->size() - second->size());
}

TEST(PutPage, WritesAcrossStripesAtOnce) {
  Disk disk;
  const std::string text = pattern(2 * kStripe, 3);
  ASSERT_TRUE(write_pages(disk.harness, "disk", kStripe / 2, text));
  const auto read = disk.harness.get("disk");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, std::string(kStripe / 2, '\0') + text + std::string(kStripe * 3 / 2, '\0'));
}

TEST(PutPage, IsRefused) {
  Disk disk;
  ASSERT_TRUE(disk.harness.put("block", "content"));
  EXPECT_EQ(disk.write_error(test::pages_at("none", 0, kPage)), ErrorCode::kBlobNotFound);
  EXPECT_EQ(disk.write_error(test::pages_at("block", 0, kPage)), ErrorCode::kInvalidBlobType);
  EXPECT_EQ(disk.write_error(test::pages_at("disk", 4 * kStripe, kPage)),
            ErrorCode::kInvalidPageRange);
  PutPage request = test::pages_at("disk", 0, kPage);
  request.lease = LeaseId::make();
  EXPECT_EQ(disk.write_error(request), ErrorCode::kLeaseNotPresentWithBlobOperation);
  request = test::pages_at("disk", 0, kPage);
  request.conditions.if_match = EtagCondition{false, {"0x8D0"}};
  EXPECT_EQ(disk.write_error(request), ErrorCode::kConditionNotMet);
  request = test::pages_at("disk", 0, kPage);
  request.hashes.crc64 = 1;
  EXPECT_EQ(disk.write_error(request), ErrorCode::kCrc64Mismatch);
  EXPECT_EQ(*test::ranges_of(disk.harness, "disk"), std::vector<PageRange>{});
  EXPECT_EQ(disk.harness.rows_of(Table::kBlockBytes), 0u);
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 0u);
}

TEST(PutPage, GoesByTheSequenceNumber) {
  Disk disk;
  SetBlobProperties number;
  number.key = key_of("disk");
  number.sequence = {SequenceAction::kUpdate, 7};
  ASSERT_TRUE(disk.harness.run(set_blob_properties(disk.harness.service, number)));
  struct Case {
    SequenceConditions sequence;
    bool met;
  };
  for (const Case& c : {
           Case{{.at_most = 7}, true},
           Case{{.at_most = 6}, false},
           Case{{.less_than = 8}, true},
           Case{{.less_than = 7}, false},
           Case{{.equal = 7}, true},
           Case{{.equal = 8}, false},
           Case{{.at_most = 9, .less_than = 9, .equal = 7}, true},
           Case{{.at_most = 9, .less_than = 1, .equal = 7}, false},
       }) {
    PutPage request = test::pages_at("disk", 0, kPage);
    request.sequence = c.sequence;
    const auto result = write_pages(disk.harness, request, pattern(kPage, 1));
    EXPECT_EQ(result.has_value(), c.met);
    if (result) EXPECT_EQ(result->sequence_number, 7u);
    if (!result) EXPECT_EQ(result.error().code, ErrorCode::kSequenceNumberConditionNotMet);
  }
}

TEST(SetBlobProperties, ChangeTheSequenceNumber) {
  Disk disk;
  constexpr std::uint64_t kMost = kMaxSequenceNumber;
  struct Case {
    SequenceChange change;
    std::optional<std::uint64_t> number;
  };
  for (const Case& c : {
           Case{{SequenceAction::kUpdate, 7}, 7},
           Case{{SequenceAction::kMax, 5}, 7},
           Case{{SequenceAction::kMax, 9}, 9},
           Case{{SequenceAction::kIncrement, 0}, 10},
           Case{{SequenceAction::kUpdate, 3}, 3},
           Case{{SequenceAction::kUpdate, kMost}, kMost},
           Case{{SequenceAction::kIncrement, 0}, std::nullopt},
       }) {
    SetBlobProperties request;
    request.key = key_of("disk");
    request.sequence = c.change;
    const auto set = disk.harness.run(set_blob_properties(disk.harness.service, request));
    ASSERT_EQ(set.has_value(), c.number.has_value());
    if (set) EXPECT_EQ(set->sequence_number, c.number);
    if (!set) EXPECT_EQ(set.error().code, ErrorCode::kSequenceNumberIncrementTooLarge);
  }
}

// What another writer commits after this one has looked, and before its own transaction.
class Between final : public io::ByteSource {
 public:
  Between(std::string text, std::function<void()> act)
      : source_(std::move(text)), act_(std::move(act)) {}
  std::uint64_t remaining() const override { return source_.remaining(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (act_) std::exchange(act_, {})();
    return source_.read(into);
  }

 private:
  test::TextSource source_;
  std::function<void()> act_;
};

TEST(PutPage, HoldsItsConditionsAgainstTheBlobThatItFindsInTheEnd) {
  Disk disk;
  PutPage request = test::pages_at("disk", 0, 4 * kPage);
  request.sequence.equal = 0;
  Between body(pattern(4 * kPage, 1), [&] {
    SetBlobProperties number;
    number.key = key_of("disk");
    number.sequence = {SequenceAction::kIncrement, 0};
    test::InlineExecutor other;
    ASSERT_TRUE(other.run_task(set_blob_properties(disk.harness.service, number)));
  });
  const auto result = disk.harness.run(put_page(disk.harness.service, request, body));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kSequenceNumberConditionNotMet);
}

TEST(GetPageRanges, JoinWithoutGapOrRepetition) {
  Disk disk;
  std::vector<PageRange> all;
  for (std::uint64_t i = 0; i < 25; ++i) {
    const PageRange range{i * 37 * kPage, (1 + i % 3) * kPage, false};
    ASSERT_TRUE(write_pages(disk.harness, "disk", range.first, pattern(range.length, i)));
    all.push_back(range);
  }
  for (const std::size_t most : {1u, 4u, 25u, 100u}) {
    std::vector<PageRange> joined;
    GetPageRanges request;
    request.key = key_of("disk");
    request.max_results = most;
    while (true) {
      auto page = disk.harness.run(get_page_ranges(disk.harness.service, request));
      ASSERT_TRUE(page);
      ASSERT_LE(page->ranges.size(), most);
      joined.insert(joined.end(), page->ranges.begin(), page->ranges.end());
      if (!page->next) break;
      ASSERT_EQ(page->ranges.size(), most);
      request.start = *page->next;
    }
    EXPECT_EQ(joined, all) << most;
  }
}

TEST(GetPageRanges, AreThoseOfTheRange) {
  Disk disk;
  ASSERT_TRUE(write_pages(disk.harness, "disk", 0, pattern(10 * kPage, 1)));
  GetPageRanges request;
  request.key = key_of("disk");
  request.range = RequestedRange{3 * kPage + 5, 4 * kPage + 5};
  EXPECT_EQ(*test::ranges_of(disk.harness, request),
            (std::vector<PageRange>{{3 * kPage, 2 * kPage, false}}));
  request.range = RequestedRange{4 * kStripe, std::nullopt};
  EXPECT_EQ(test::ranges_of(disk.harness, request).error().code, ErrorCode::kInvalidRange);
}

TEST(GetPageRanges, OfADifferenceAreRefused) {
  Disk disk;
  GetPageRanges request;
  request.key = key_of("disk");
  request.previous = disk.harness.clock.now();
  const auto error = [&] { return test::ranges_of(disk.harness, request).error().code; };
  EXPECT_EQ(error(), ErrorCode::kPreviousSnapshotNotFound);
  const auto first = test::take_snapshot(disk.harness, "disk");
  const auto second = test::take_snapshot(disk.harness, "disk");
  request.key.snapshot = *first;
  request.previous = *second;
  EXPECT_EQ(error(), ErrorCode::kPreviousSnapshotCannotBeNewer);
  request.previous = *first;
  EXPECT_TRUE(test::ranges_of(disk.harness, request));
  ASSERT_TRUE(test::make_pages(disk.harness, "disk", kStripe));
  request.key.snapshot.reset();
  EXPECT_EQ(error(), ErrorCode::kBlobOverwritten);
}

// A version tells its age by its generation: it may have been written to long after its time.
TEST(GetPageRanges, OfAVersionSinceASnapshotThatIsNewer) {
  auto options = test::page_harness();
  options.features = std::make_shared<const FeaturesByAccount>(
      FeaturesByAccount{{"acct", AccountFeatures{.versioning = true}}});
  BlobHarness harness(std::move(options));
  ASSERT_TRUE(test::make_pages(harness, "disk", kStripe));
  ASSERT_TRUE(write_pages(harness, "disk", 0, pattern(kPage, 1)));
  const auto first = test::take_snapshot(harness, "disk");
  ASSERT_TRUE(first);
  SetBlobMetadata metadata;  // keeps what the blob was as a version
  metadata.key = key_of("disk");
  const auto set = harness.run(set_blob_metadata(harness.service, metadata));
  ASSERT_TRUE(set && set->version);
  ASSERT_TRUE(harness.run(set_blob_metadata(harness.service, metadata)));
  ASSERT_TRUE(write_pages(harness, "disk", kPage, pattern(kPage, 2)));
  const auto second = test::take_snapshot(harness, "disk");
  ASSERT_TRUE(second);
  GetPageRanges request;
  request.key = key_of("disk");
  request.key.version = *set->version;
  request.previous = *first;
  EXPECT_EQ(*test::ranges_of(harness, request), std::vector<PageRange>{});
  request.previous = *second;
  const auto newer = test::ranges_of(harness, request);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kPreviousSnapshotCannotBeNewer);
}

// An attempt that finds its plan out of date writes nothing: no number is drawn either.
TEST(PutPage, WritesNothingWhereItHasToLookAgain) {
  Disk disk;
  ASSERT_TRUE(write_pages(disk.harness, "disk", 0, pattern(kPage, 1)));
  ASSERT_TRUE(test::take_snapshot(disk.harness, "disk"));
  std::uint64_t commits = 0;
  disk.harness.meta.before_transaction = [&]() -> io::Task<void> {
    test::InlineExecutor other;
    test::TextSource source(pattern(kPage, 2));
    EXPECT_TRUE(other.run_task(
        put_page(disk.harness.service, test::pages_at("disk", kStripe, kPage), source)));
    commits = disk.harness.rows.commits();
    co_return;
  };
  ASSERT_TRUE(write_pages(disk.harness, "disk", 0, pattern(kPage, 3)));
  EXPECT_EQ(disk.harness.rows.commits(), commits + 1);
}

TEST(PageBlob, ThatIsReadStaysAsItWas) {
  Disk disk;
  const std::string text = pattern(2 * kStripe, 1);
  ASSERT_TRUE(write_pages(disk.harness, "disk", 0, text));
  GetBlob request;
  request.key = key_of("disk");
  auto result = disk.harness.run(get_blob(disk.harness.service, request));
  ASSERT_TRUE(result);
  ASSERT_TRUE(write_pages(disk.harness, "disk", kStripe, pattern(kStripe, 2)));
  ASSERT_TRUE(disk.harness.reclaim());
  ASSERT_TRUE(disk.harness.erase("disk"));
  ASSERT_TRUE(disk.harness.reclaim());
  const auto read = disk.harness.run(test::read_all(*result->body));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, text + std::string(2 * kStripe, '\0'));
}

TEST(PageBlob, TakesNothingThatIsForOtherTypes) {
  Disk disk;
  EXPECT_EQ(disk.harness.stage("disk", "AAAA", "x").error().code, ErrorCode::kInvalidBlobType);
  EXPECT_EQ(disk.harness.blocks("disk").error().code, ErrorCode::kInvalidBlobType);
  EXPECT_EQ(disk.harness.commit("disk", {}).error().code, ErrorCode::kInvalidBlobType);
}

TEST(PageBlob, InADeletedContainerGoesWithIt) {
  Disk disk;
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(write_pages(disk.harness, "disk", i * kPage, pattern(9 * kPage, i)));
    ASSERT_TRUE(write_pages(disk.harness, "disk", kStripe, pattern(kPage, i)));
    ASSERT_TRUE(test::take_snapshot(disk.harness, "disk"));
  }
  ASSERT_TRUE(disk.harness.run(delete_container(disk.harness.service, {{"acct", "box"}, {}, {}})));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(disk.harness.reclaim());
  for (const Table table : {Table::kPageStripe, Table::kPageMap, Table::kBlockBytes,
                            Table::kRelease, Table::kContainerState}) {
    EXPECT_EQ(disk.harness.rows_of(table), 0u) << static_cast<int>(table);
  }
  EXPECT_EQ(disk.harness.chunks.chunk_count(), 0u);
}

}  // namespace
}  // namespace lapis::blob
