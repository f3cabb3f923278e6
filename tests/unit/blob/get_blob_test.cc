#include "lapis/blob/ops/get_blob.h"

#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

const LeaseId kSomeLease = LeaseId::make();

using test::BlobHarness;
using test::key_of;
using test::pattern;

struct RangeCase {
  std::string name;
  RequestedRange range;
  std::optional<ByteRange> got;  // none: 416
};

TEST(GetBlob, ClampsRanges) {
  const RangeCase cases[] = {{"All", {0, 99}, ByteRange{0, 100}},
                             {"ToTheEnd", {40, {}}, ByteRange{40, 60}},
                             {"One", {7, 7}, ByteRange{7, 1}},
                             {"LastIsClamped", {90, 500}, ByteRange{90, 10}},
                             {"Last", {99, {}}, ByteRange{99, 1}},
                             {"AtTheEnd", {100, {}}, {}},
                             {"Beyond", {100, 200}, {}},
                             {"FarBeyond", {~0ull, {}}, {}},
                             {"HugeLast", {5, ~0ull}, ByteRange{5, 95}}};
  for (const std::uint64_t inline_bytes : {16u, 200u}) {
    BlobHarness harness({.limits = {.inline_body_bytes = inline_bytes}});
    const std::string text = pattern(100, 1);
    ASSERT_TRUE(harness.put("a", text));
    for (const RangeCase& c : cases) {
      const auto result = harness.get("a", c.range);
      ASSERT_EQ(result.has_value(), c.got.has_value()) << c.name;
      if (c.got) {
        EXPECT_EQ(*result, text.substr(c.got->first, c.got->length)) << c.name;
      } else {
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidRange) << c.name;
        ASSERT_EQ(result.error().fields.size(), 1u);
        EXPECT_EQ(result.error().fields[0].name, "Content-Range");
        EXPECT_EQ(result.error().fields[0].value, "bytes */100");
      }
    }
  }
}

TEST(GetBlob, OfNothingHasNoRange) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", ""));
  EXPECT_EQ(harness.get("a"), "");
  const auto ranged = harness.get("a", RequestedRange{0, {}});
  ASSERT_FALSE(ranged);
  EXPECT_EQ(ranged.error().code, ErrorCode::kInvalidRange);
  EXPECT_EQ(ranged.error().fields.at(0).value, "bytes */0");
}

TEST(GetBlob, TellsTheRangeOnlyWhereOneWasAskedFor) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "text"));
  GetBlob request;
  request.key = key_of("a");
  EXPECT_FALSE(harness.run(get_blob(harness.service, request))->range);
  request.range = RequestedRange{0, {}};
  const auto whole = harness.run(get_blob(harness.service, request));
  ASSERT_TRUE(whole->range);
  EXPECT_EQ(whole->range->length, 4u);
  EXPECT_EQ(whole->body->remaining(), 4u);
}

// Every range of a blob whose blocks are short and long, in the record and in segments.
TEST(GetBlob, ReadsEveryRangeOfMixedBlocks) {
  for (const int blocks : {7, 40}) {
    BlobHarness harness;
    const std::string content = harness.commit_mixed("a", blocks);
    ASSERT_EQ(harness.get("a"), content);
    for (std::size_t first = 0; first < content.size(); first += 13) {
      for (const std::size_t length : {1u, 2u, 50u, 100u, 101u, 5000u}) {
        EXPECT_EQ(harness.get("a", RequestedRange{first, first + length - 1}),
                  content.substr(first, length))
            << blocks << " " << first << " " << length;
      }
    }
  }
}

TEST(GetBlob, RefusesInTheProtocolsOrder) {
  BlobHarness harness;
  const auto put = harness.put("a", "text");
  PutBlob archive;
  archive.key = key_of("archived");
  archive.tier = AccessTier::kArchive;
  ASSERT_TRUE(harness.put(archive, "cold"));
  const EtagCondition same{false, {put->etag.text()}};
  const EtagCondition other{false, {"0x8D0"}};
  struct Case {
    std::string name;
    GetBlob request;
    ErrorCode get, head;
  };
  const Case cases[] = {
      {"NoContainer",
       {{"acct", "none", "a"}, {}, {}, {}},
       ErrorCode::kContainerNotFound,
       ErrorCode::kContainerNotFound},
      {"OtherAccount",
       {{"acct2", "box", "a"}, {}, {}, {}},
       ErrorCode::kContainerNotFound,
       ErrorCode::kContainerNotFound},
      {"NoBlob",
       {key_of("none"), {}, {.if_match = same}, {}},
       ErrorCode::kBlobNotFound,
       ErrorCode::kBlobNotFound},
      {"Lease",
       {key_of("a"), {}, {.if_match = other}, kSomeLease},
       ErrorCode::kLeaseNotPresentWithBlobOperation,
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"Match",
       {key_of("a"), {}, {.if_match = other}, {}},
       ErrorCode::kConditionNotMet,
       ErrorCode::kConditionNotMet},
      {"NoneMatch",
       {key_of("a"), RequestedRange{9, {}}, {.if_none_match = same}, {}},
       ErrorCode::kNotModified,
       ErrorCode::kNotModified},
      {"Archived",
       {key_of("archived"), {}, {.if_match = other}, {}},
       ErrorCode::kBlobArchived,
       ErrorCode::kConditionNotMet},
  };
  for (const Case& c : cases) {
    const auto got = harness.run(get_blob(harness.service, c.request));
    ASSERT_FALSE(got) << c.name;
    EXPECT_EQ(got.error().code, c.get) << c.name;
    const auto head = harness.run(get_blob_properties(
        harness.service, {c.request.key, c.request.conditions, c.request.lease}));
    ASSERT_FALSE(head) << c.name;
    EXPECT_EQ(head.error().code, c.head) << c.name;
  }
  EXPECT_TRUE(harness.run(get_blob_properties(harness.service, {key_of("archived"), {}, {}})));
}

TEST(GetBlob, FromTheCacheAsksTheStoreNothing) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "short"));
  ASSERT_EQ(harness.get("a"), "short");
  harness.meta.counts = {};
  EXPECT_EQ(harness.get("a"), "short");
  EXPECT_EQ(harness.meta.counts.reads, 0u);
  EXPECT_EQ(harness.meta.counts.snapshots, 0u);
}

TEST(GetBlob, NeverAnswersFromAStaleCache) {
  BlobHarness harness;
  Service other(harness.meta, harness.chunks, harness.blocking, harness.clock, {}, 1 << 20,
                harness.service.epochs);
  GetBlob request;
  request.key = key_of("a");
  for (int i = 0; i < 20; ++i) {
    const std::string text = "version " + std::to_string(i);
    ASSERT_TRUE(harness.put("a", text));
    auto result = harness.run(get_blob(other, request));
    ASSERT_TRUE(result);
    EXPECT_EQ(harness.run(test::read_all(*result->body)), text);
  }
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  EXPECT_EQ(harness.run(get_blob(other, request)).error().code, ErrorCode::kContainerNotFound);
}

TEST(GetBlob, LendsAShortBodyWithoutCopyingAndKeepsItAlive) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "lent out"));
  GetBlob request;
  request.key = key_of("a");
  auto first = harness.run(get_blob(harness.service, request));
  auto second = harness.run(get_blob(harness.service, request));
  const Bytes one = *harness.run(first->body->next());
  const Bytes two = *harness.run(second->body->next());
  EXPECT_EQ(one.data(), two.data());
  ASSERT_TRUE(harness.put("a", "replaced"));
  ASSERT_TRUE(harness.reclaim());
  first = fail(ErrorCode::kInternalError);
  EXPECT_EQ(as_text(two), "lent out");
}

TEST(GetBlob, OfDamagedBytesFailsAndLendsNone) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(90, 1)));
  harness.chunks.damage(ChunkId{1}, 50);
  const auto result = harness.get("a");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInternalError);
}

TEST(GetBlob, BeingReadIsNotReclaimed) {
  for (const bool erased : {false, true}) {
    BlobHarness harness;
    const std::string text = pattern(350, 1);
    ASSERT_TRUE(harness.put("a", text));
    GetBlob request;
    request.key = key_of("a");
    auto reading = harness.run(get_blob(harness.service, request));
    ASSERT_TRUE(reading);
    std::string got(as_text(*harness.run(reading->body->next())));
    if (erased) {
      ASSERT_TRUE(harness.erase("a"));
    } else {
      ASSERT_TRUE(harness.put("a", pattern(200, 2)));
    }
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.held_bytes(), erased ? 350u : 550u);
    got += *harness.run(test::read_all(*reading->body));
    EXPECT_EQ(got, text);
    reading = fail(ErrorCode::kInternalError);
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.held_bytes(), erased ? 0u : 200u);
  }
}

TEST(GetBlob, ASlowReaderHoldsBackOnlyWhatIsOlder) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(100, 1)));
  ASSERT_TRUE(harness.put("b", pattern(100, 2)));
  ASSERT_TRUE(harness.erase("b"));
  ASSERT_TRUE(harness.put("c", pattern(100, 2)));
  GetBlob request;
  request.key = key_of("a");
  auto first = harness.run(get_blob(harness.service, request));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 300u) << "b may be what the reader reads";
  auto second = harness.run(get_blob(harness.service, request));
  first = fail(ErrorCode::kInternalError);
  ASSERT_TRUE(harness.erase("c"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 200u) << "b went before the second read began";
  second = fail(ErrorCode::kInternalError);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 100u);
}

}  // namespace
}  // namespace lapis::blob
