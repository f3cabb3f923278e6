#include "lapis/blob/ops/append_block.h"

#include <gtest/gtest.h>

#include "blob/append_tail.h"
#include "blob/keys.h"
#include "blob/records.h"
#include "lapis/base/crc64.h"
#include "lapis/blob/ops/append_blob_seal.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::pattern;

constexpr std::size_t kInline = 16;  // the harness's

class AppendBlockTest : public testing::Test {
 protected:
  BlobProperties properties(const std::string& name) {
    GetBlobProperties request;
    request.key = key_of(name);
    return *harness_.run(get_blob_properties(harness_.service, request)).value().properties;
  }
  ErrorCode error_of(const auto& result) {
    return result ? ErrorCode::kInternalError : result.error().code;
  }
  // How many rows a step wrote.
  std::size_t rows_written(auto step) {
    const auto before = harness_.rows.rows();
    step();
    std::size_t written = 0;
    for (const auto& row : harness_.rows.rows()) {
      const auto was = before.find(row.first);
      written += was == before.end() || was->second != row.second ? 1 : 0;
    }
    return written;
  }

  BlobHarness harness_;
};

TEST_F(AppendBlockTest, TellsWhereTheBlockLiesAndHowManyThereAre) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  EXPECT_EQ(harness_.get("a"), "");
  const std::string parts[] = {"short", pattern(250, 1), "x"};
  std::uint64_t offset = 0;
  std::string content;
  std::uint32_t blocks = 0;
  for (const std::string& part : parts) {
    const BlobProperties before = properties("a");
    const auto appended = harness_.append("a", part);
    ASSERT_TRUE(appended);
    content += part;
    EXPECT_EQ(appended->offset, offset);
    EXPECT_EQ(appended->blocks, ++blocks);
    EXPECT_EQ(appended->crc64, crc64(as_bytes(part)));
    EXPECT_NE(appended->etag, before.etag);
    offset += part.size();
    const BlobProperties after = properties("a");
    EXPECT_EQ(after.etag, appended->etag);
    EXPECT_EQ(after.content_length, offset);
    EXPECT_EQ(after.append_blocks, blocks);
    EXPECT_EQ(after.created, before.created);
    EXPECT_EQ(after.type, BlobType::kAppend);
    EXPECT_EQ(harness_.get("a"), content);
  }
}

// Of every mixture of sizes about the limit of what stays in the record, any range is what was
// appended.
TEST_F(AppendBlockTest, AnyRangeIsWhatWasAppended) {
  const std::size_t sizes[] = {1, 5, kInline - 1, kInline, kInline + 1, 100, 101, 333};
  for (const std::size_t first : sizes) {
    for (const std::size_t second : sizes) {
      const std::string name = std::to_string(first) + "-" + std::to_string(second);
      ASSERT_TRUE(harness_.create_append_blob(name));
      std::string content;
      for (int i = 0; i < 6; ++i) {
        const std::string part = pattern(i % 2 == 0 ? first : second, static_cast<unsigned>(i));
        ASSERT_TRUE(harness_.append(name, part));
        content += part;
      }
      ASSERT_EQ(harness_.get(name), content) << name;
      for (std::size_t from = 0; from < content.size(); from += 1 + content.size() / 23) {
        for (std::size_t to = from; to < content.size(); to += 1 + content.size() / 19) {
          ASSERT_EQ(harness_.get(name, RequestedRange{from, to}),
                    content.substr(from, to - from + 1))
              << name << " " << from << "-" << to;
        }
      }
    }
  }
}

TEST_F(AppendBlockTest, ManyBlocksOfBothKindsAreReadBack) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  std::string content;
  for (unsigned i = 0; i < 1'500; ++i) {
    const std::string part = pattern(i % 3 == 0 ? 40 : 1 + i % 20, i);
    const auto appended = harness_.append("a", part);
    ASSERT_TRUE(appended);
    ASSERT_EQ(appended->offset, content.size());
    content += part;
  }
  EXPECT_EQ(harness_.get("a"), content);
  EXPECT_GT(harness_.rows_of(Table::kSegment), 3u);
  for (std::size_t from = 0; from < content.size(); from += 997) {
    ASSERT_EQ(harness_.get("a", RequestedRange{from, from + 1'999}), content.substr(from, 2'000));
  }
  ASSERT_TRUE(harness_.erase("a"));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kSegment), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kBlockBytes), 0u);
}

TEST_F(AppendBlockTest, TinyAppendsGatherInTheRecordAndThenInRows) {
  ASSERT_TRUE(harness_.create_append_blob("log"));
  std::string content;
  for (unsigned i = 0; i < 320; ++i) {
    const std::string line = pattern(2, i);
    ASSERT_TRUE(harness_.append("log", line));
    content += line;
    const std::size_t gathered = kInline + 2;  // the one that did not fit goes along
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), content.size() / gathered) << i;
  }
  EXPECT_EQ(harness_.get("log"), content);
  EXPECT_EQ(properties("log").append_blocks, 320u);
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
}

// The record, the last id that was drawn, and at most a row of bytes and a segment.
TEST_F(AppendBlockTest, CostsTheSameWhateverTheSize) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  std::size_t most = 0;
  for (unsigned i = 0; i < 2'000; ++i) {
    const std::string part = pattern(i % 5 == 0 ? 50 : 6, i);
    const std::size_t written = rows_written([&] { ASSERT_TRUE(harness_.append("a", part)); });
    most = std::max(most, written);
  }
  EXPECT_LE(most, 4u + 1u);  // and the memory store's row of the chunk
  const auto row = harness_.rows.rows().at(blob_key(ContainerId{1}, "a"));
  EXPECT_LT(row.size(), 200u + 16 * kTailBlocks + 16 * harness_.rows_of(Table::kSegment));
}

TEST_F(AppendBlockTest, AFailedCommitAppendsNothing) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  ASSERT_TRUE(harness_.append("a", "begin"));
  const std::string parts[] = {"x", pattern(kInline, 1), pattern(250, 2)};
  for (const std::string& part : parts) {
    harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
    EXPECT_FALSE(harness_.append("a", part));
    harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
    EXPECT_EQ(harness_.get("a"), "begin");
    EXPECT_EQ(properties("a").append_blocks, 1u);
  }
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kBlockBytes), 0u);
}

TEST_F(AppendBlockTest, RefusesWrongHashesAndKeepsNothing) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  for (const std::size_t length : {5u, 500u}) {
    AppendBlock request;
    request.key = key_of("a");
    request.hashes.md5 = Md5Digest{};
    EXPECT_EQ(error_of(harness_.append(request, pattern(length, 1))), ErrorCode::kMd5Mismatch);
    request.hashes = {std::nullopt, 1};
    EXPECT_EQ(error_of(harness_.append(request, pattern(length, 1))), ErrorCode::kCrc64Mismatch);
    request.hashes = {md5(as_bytes(pattern(length, 1))), std::nullopt};
    EXPECT_EQ(harness_.append(request, pattern(length, 1))->md5, request.hashes.md5);
  }
  EXPECT_EQ(harness_.get("a"), pattern(5, 1) + pattern(500, 1));
  EXPECT_EQ(harness_.chunks.held_bytes(), 500u);
}

TEST_F(AppendBlockTest, IsOfAppendBlobsAlone) {
  EXPECT_EQ(error_of(harness_.append("none", "x")), ErrorCode::kBlobNotFound);
  ASSERT_TRUE(harness_.stage("staged", "AAAA", "x"));
  EXPECT_EQ(error_of(harness_.append("staged", "x")), ErrorCode::kBlobNotFound);
  ASSERT_TRUE(harness_.put("block", "x"));
  EXPECT_EQ(error_of(harness_.append("block", "x")), ErrorCode::kInvalidBlobType);
  ASSERT_TRUE(harness_.create_append_blob("a"));
  EXPECT_EQ(error_of(harness_.stage("a", "AAAA", "x")), ErrorCode::kInvalidBlobType);
  EXPECT_EQ(error_of(harness_.commit("a", {})), ErrorCode::kInvalidBlobType);
  EXPECT_EQ(error_of(harness_.blocks("a")), ErrorCode::kInvalidBlobType);
}

TEST_F(AppendBlockTest, OneOfAPositionWins) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  AppendBlock request;
  request.key = key_of("a");
  request.position = 0;
  ASSERT_TRUE(harness_.append(request, "first"));
  EXPECT_EQ(error_of(harness_.append(request, "again")), ErrorCode::kAppendPositionConditionNotMet);
  request.position = 5;
  request.max_size = 8;
  EXPECT_EQ(error_of(harness_.append(request, "long")), ErrorCode::kMaxBlobSizeConditionNotMet);
  ASSERT_TRUE(harness_.append(request, "end"));
  EXPECT_EQ(harness_.get("a"), "firstend");
}

TEST_F(AppendBlockTest, SealingEndsIt) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  ASSERT_TRUE(harness_.append("a", "last"));
  const BlobProperties before = properties("a");
  for (int i = 0; i < 2; ++i) {
    const auto sealed = harness_.run(append_blob_seal(harness_.service, {key_of("a"), {}, 4, {}}));
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->etag, before.etag);
    EXPECT_EQ(sealed->last_modified, before.last_modified);
  }
  EXPECT_TRUE(properties("a").sealed);
  EXPECT_EQ(error_of(harness_.append("a", "more")), ErrorCode::kBlobIsSealed);
  EXPECT_EQ(harness_.get("a"), "last");
  ASSERT_TRUE(harness_.create_append_blob("a"));
  EXPECT_FALSE(properties("a").sealed);
  EXPECT_EQ(properties("a").append_blocks, 0u);
  EXPECT_TRUE(harness_.append("a", "anew"));
  EXPECT_EQ(error_of(harness_.run(append_blob_seal(harness_.service, {key_of("b"), {}, {}, {}}))),
            ErrorCode::kBlobNotFound);
}

TEST_F(AppendBlockTest, TypesMayChangeWhereThereAreNoSnapshots) {
  PutBlob cool;
  cool.key = key_of("a");
  cool.tier = AccessTier::kCool;
  ASSERT_TRUE(harness_.put(cool, pattern(250, 1)));
  ASSERT_TRUE(harness_.stage("a", "AAAA", "staged"));
  ASSERT_TRUE(harness_.create_append_blob("a"));
  EXPECT_EQ(properties("a").type, BlobType::kAppend);
  EXPECT_TRUE(properties("a").tier_inferred) << "an append blob has no tier";
  ASSERT_TRUE(harness_.append("a", "appended"));
  ASSERT_TRUE(harness_.run(snapshot_blob(harness_.service, {key_of("a"), {}, {}, {}})));
  EXPECT_EQ(error_of(harness_.put("a", "block blob")), ErrorCode::kInvalidBlobType);
  EXPECT_TRUE(harness_.create_append_blob("a"));
  DeleteBlob only;
  only.key = key_of("a");
  only.snapshots = SnapshotDeletion::kOnly;
  ASSERT_TRUE(harness_.run(delete_blob(harness_.service, only)));
  ASSERT_TRUE(harness_.put("a", "block blob"));
  EXPECT_EQ(properties("a").append_blocks, 0u);
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
}

}  // namespace
}  // namespace lapis::blob
