// The hashes of ranges that Get Blob tells before the bytes.
#include "blob/range_hash.h"

#include <gtest/gtest.h>

#include "lapis/base/crc64.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;

Result<GetBlobResult> get(BlobHarness& harness, RequestedRange range, RangeHash hash) {
  GetBlob request;
  request.key = key_of("a");
  request.range = range;
  request.hash = hash;
  return harness.run(get_blob(harness.service, request));
}

// Both hashes of every range, and the bytes behind them, which come whole all the same.
void expect_hashes(BlobHarness& harness, const std::string& content) {
  for (std::size_t first = 0; first < content.size(); first += 29) {
    for (const std::size_t length : {1u, 2u, 64u, 100u, 101u, 5000u}) {
      const RequestedRange range{first, first + length - 1};
      const std::string part = content.substr(first, length);
      for (const RangeHash hash : {RangeHash::kMd5, RangeHash::kCrc64}) {
        const auto result = get(harness, range, hash);
        ASSERT_TRUE(result) << first << " " << length;
        if (hash == RangeHash::kMd5) {
          EXPECT_EQ(result->range_md5, md5(as_bytes(part))) << first << " " << length;
          EXPECT_FALSE(result->range_crc64);
        } else {
          EXPECT_EQ(result->range_crc64, crc64(as_bytes(part))) << first << " " << length;
          EXPECT_FALSE(result->range_md5);
        }
        EXPECT_EQ(harness.run(test::read_all(*result->body)), part) << first << " " << length;
      }
    }
  }
}

TEST(RangeHash, OfABodyInTheRecord) {
  BlobHarness harness({.limits = {.inline_body_bytes = 400}});
  const std::string content = pattern(350, 1);
  ASSERT_TRUE(harness.put("a", content));
  expect_hashes(harness, content);
}

TEST(RangeHash, OfABodyInChunks) {
  BlobHarness harness;
  const std::string content = pattern(350, 1);
  ASSERT_TRUE(harness.put("a", content));
  expect_hashes(harness, content);
}

TEST(RangeHash, OfShortAndLongBlocksInRecordAndSegments) {
  for (const int blocks : {7, 40}) {
    BlobHarness harness;
    const std::string content = harness.commit_mixed("a", blocks);
    expect_hashes(harness, content);
  }
}

TEST(RangeHash, IsOfWhatTheRangeComesTo) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "0123456789"));
  const auto open = get(harness, {4, {}}, RangeHash::kMd5);
  ASSERT_TRUE(open);
  EXPECT_EQ(open->range_md5, md5(as_bytes(std::string_view("456789"))));
  const auto clamped = get(harness, {8, 100}, RangeHash::kCrc64);
  ASSERT_TRUE(clamped);
  EXPECT_EQ(clamped->range_crc64, crc64(as_bytes(std::string_view("89"))));
  EXPECT_EQ(get(harness, {10, {}}, RangeHash::kMd5).error().code, ErrorCode::kInvalidRange);
}

TEST(RangeHash, IsOfFourMebibytesAtMost) {
  BlobHarness harness({.chunks = {.max_chunk_length = 1 << 20, .lend_length = 1 << 20}});
  const std::string content = pattern(kMaxHashedRange + 1, 1);
  ASSERT_TRUE(harness.put("a", content));
  const std::pair<RangeHash, std::string> cases[] = {
      {RangeHash::kMd5, "x-ms-range-get-content-md5"},
      {RangeHash::kCrc64, "x-ms-range-get-content-crc64"}};
  for (const auto& [hash, header] : cases) {
    EXPECT_TRUE(get(harness, {1, {}}, hash));
    const auto longer = get(harness, {0, {}}, hash);
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::kInvalidHeaderValue);
    EXPECT_EQ(longer.error().fields.at(0).value, header);
  }
}

TEST(RangeHash, OfDamagedBytesFailsBeforeTheHead) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(90, 1)));
  harness.chunks.damage(ChunkId{1}, 50);
  const auto result = get(harness, {0, 60}, RangeHash::kMd5);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInternalError);
}

TEST(RangeHash, IsOfTheVersionThatIsReadThen) {
  BlobHarness harness;
  const std::string old = pattern(350, 1);
  ASSERT_TRUE(harness.put("a", old));
  auto result = get(harness, {0, {}}, RangeHash::kMd5);
  ASSERT_TRUE(result);
  ASSERT_TRUE(harness.put("a", pattern(350, 2)));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(result->range_md5, md5(as_bytes(old)));
  EXPECT_EQ(harness.run(test::read_all(*result->body)), old);
}

}  // namespace
}  // namespace lapis::blob
