#include "lapis/blob/ops/put_block.h"

#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/base/crc64.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;

TEST(PutBlock, IsInvisibleUntilCommitted) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", pattern(50, 1)));
  EXPECT_EQ(harness.get("a").error().code, ErrorCode::kBlobNotFound);
  const auto blocks = harness.blocks("a");
  ASSERT_TRUE(blocks);
  EXPECT_FALSE(blocks->blob);
  ASSERT_EQ(blocks->uncommitted.size(), 1u);
  EXPECT_EQ(blocks->uncommitted[0].block.text, "AAAA");
  EXPECT_EQ(blocks->uncommitted[0].length, 50u);
}

TEST(PutBlock, LeavesTheCommittedBlobAsItIs) {
  BlobHarness harness;
  const auto put = harness.put("a", "committed");
  ASSERT_TRUE(harness.stage("a", "AAAA", pattern(50, 1)));
  EXPECT_EQ(harness.get("a"), "committed");
  EXPECT_EQ(harness.blocks("a")->blob->etag, put->etag);
}

TEST(PutBlock, AnswersWithTheHashesThatAreWanted) {
  for (const std::size_t length : {5u, 500u}) {
    BlobHarness harness;
    const std::string text = pattern(length, 1);
    const auto plain = harness.stage("a", "AAAA", text);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->crc64, crc64(as_bytes(text)));
    EXPECT_FALSE(plain->md5);
    PutBlock request{key_of("a"), {"AAAB"}, length, {}, {}, true};
    test::TextSource source(text);
    const auto hashed = harness.run(put_block(harness.service, request, source));
    ASSERT_TRUE(hashed);
    EXPECT_EQ(hashed->md5, md5(as_bytes(text)));
  }
}

TEST(PutBlock, RefusesWrongHashesAndKeepsNothing) {
  for (const std::size_t length : {5u, 500u}) {
    BlobHarness harness;
    for (const bool by_md5 : {false, true}) {
      PutBlock request{key_of("a"), {"AAAA"}, length, {}, {}, false};
      if (by_md5) {
        request.hashes.md5 = Md5Digest{};
      } else {
        request.hashes.crc64 = 1;
      }
      test::TextSource source(pattern(length, 1));
      const auto result = harness.run(put_block(harness.service, request, source));
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().code, by_md5 ? ErrorCode::kMd5Mismatch : ErrorCode::kCrc64Mismatch);
    }
    EXPECT_EQ(harness.blocks("a").error().code, ErrorCode::kBlobNotFound);
    EXPECT_EQ(harness.chunks.held_bytes(), 0u);
    EXPECT_EQ(harness.rows_of(storage::Table::kBlockBytes), 0u);
  }
}

TEST(PutBlock, SameIdReplacesTheStagedBlock) {
  BlobHarness harness;
  for (const std::size_t length : {50u, 10u, 60u, 12u, 13u, 70u}) {
    ASSERT_TRUE(harness.stage("a", "AAAA", pattern(length, length)));
    const auto blocks = harness.blocks("a");
    ASSERT_EQ(blocks->uncommitted.size(), 1u);
    EXPECT_EQ(blocks->uncommitted[0].length, length);
  }
  ASSERT_TRUE(harness.commit("a", test::latest({"AAAA"})));
  EXPECT_EQ(harness.get("a"), pattern(70, 70));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 70u);
  EXPECT_EQ(harness.rows_of(storage::Table::kBlockBytes), 0u);
}

TEST(PutBlock, AllUncommittedIdsHaveOneLength) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", "1"));
  const auto other = harness.stage("a", "AAAAAAAA", "2");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kInvalidBlobOrBlock);
  EXPECT_TRUE(harness.stage("b", "AAAAAAAA", "2")) << "another blob's do not matter";
  ASSERT_TRUE(harness.commit("a", test::latest({"AAAA"})));
  EXPECT_TRUE(harness.stage("a", "AAAAAAAA", "2")) << "committed ones do not matter";
}

TEST(PutBlock, IsRefusedWhereItMayNotBe) {
  BlobHarness harness;
  PutBlob archive;
  archive.key = key_of("archived");
  archive.tier = AccessTier::kArchive;
  ASSERT_TRUE(harness.put(archive, "cold"));
  EXPECT_EQ(harness.stage("archived", "AAAA", "1").error().code, ErrorCode::kBlobArchived);

  PutBlock request{{"acct", "none", "a"}, {"AAAA"}, 1, {}, {}, false};
  test::TextSource source("1");
  EXPECT_EQ(harness.run(put_block(harness.service, request, source)).error().code,
            ErrorCode::kContainerNotFound);
  request.key = key_of("a");
  request.lease = LeaseId::make();
  EXPECT_EQ(harness.run(put_block(harness.service, request, source)).error().code,
            ErrorCode::kLeaseNotPresentWithBlobOperation);
  EXPECT_EQ(source.remaining(), 1u) << "the body was not read";
}

TEST(PutBlock, IsOneTransaction) {
  BlobHarness harness;
  for (const std::size_t length : {5u, 500u}) {
    harness.meta.counts = {};
    ASSERT_TRUE(harness.stage("a", "AAAA", pattern(length, 1)));
    EXPECT_EQ(harness.meta.counts.transactions, 1u);
    EXPECT_EQ(harness.meta.counts.snapshots, 0u);
  }
}

TEST(PutBlock, BlocksBeyondTheLimitAreRefused) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", "1"));
  const auto forge = [](storage::MetaView& view) -> Result<void> {
    const std::string key = upload_key(ContainerId{1}, "a");
    LAPIS_TRY(const auto row, view.get(key));
    LAPIS_TRY(UploadRecord upload, decode_upload(*row));
    upload.blocks = Limits::kMaxUncommittedBlocks;
    view.put(key, encode(upload));
    return {};
  };
  ASSERT_TRUE(harness.run(harness.rows.transact({}, forge)));
  EXPECT_EQ(harness.stage("a", "AAAB", "2").error().code, ErrorCode::kBlockCountExceedsLimit);
  EXPECT_TRUE(harness.stage("a", "AAAA", "2")) << "replacing one adds none";
}

}  // namespace
}  // namespace lapis::blob
