// Append blobs among the golden files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

Block block_of(std::uint64_t length, std::uint64_t chunk) {
  Block block;
  block.length = length;
  block.chunks = {{ChunkId{chunk}, length}};
  return block;
}

BlobRecord append_blob() {
  BlobRecord blob;
  blob.properties.type = BlobType::kAppend;
  blob.properties.etag.value = 7;
  blob.properties.content_length = 41;
  blob.properties.tier_inferred = false;
  blob.properties.append_blocks = 3;
  blob.properties.sealed = true;
  blob.body.segments = {{SegmentId{400}, 32, 4, 0}};
  blob.body.blocks = {block_of(5, 7)};
  blob.body.inline_bytes = "tail";
  blob.body.id.value = 600;
  return blob;
}

SharedBody kept_body() {
  SharedBody shared{1, false, 5, {}};
  shared.kept.blocks = {block_of(5, 7)};
  return shared;
}

test::Goldens goldens() {
  const BlobRecord blob = append_blob();
  return {{"blob/blob_append", encode_blob(blob.properties, encode_body(blob.body))},
          {"blob/shared_body_kept", encode(kept_body())}};
}

TEST(AppendGolden, EncodersWriteTheGoldenBytes) { test::expect_golden_bytes(goldens()); }

TEST(AppendGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(AppendGolden, BlobsAreReadBack) {
  const auto blob = decode_blob(test::read_golden("blob/blob_append"));
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->properties.type, BlobType::kAppend);
  EXPECT_EQ(blob->properties.append_blocks, 3u);
  EXPECT_TRUE(blob->properties.sealed);
  EXPECT_EQ(blob->body.inline_bytes, "tail");
  ASSERT_EQ(blob->body.segments.size(), 1u);
  ASSERT_EQ(blob->body.blocks.size(), 1u);
  EXPECT_EQ(blob->body.blocks[0].first, 32u) << "behind the segments";
  EXPECT_EQ(named_length(blob->body), 37u);
}

TEST(AppendGolden, KeptBodiesAreReadBack) {
  const auto shared = decode_shared_body(test::read_golden("blob/shared_body_kept"));
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->rows, 1u);
  EXPECT_EQ(shared->longest, 5u);
  ASSERT_EQ(shared->kept.blocks.size(), 1u);
  EXPECT_EQ(shared->kept.blocks[0].chunks[0].id, ChunkId{7});
}

TEST(AppendGolden, ABlockBlobHasItsContentInOnePlace) {
  BlobRecord blob = append_blob();
  blob.properties.type = BlobType::kBlock;
  EXPECT_FALSE(decode_blob(encode_blob(blob.properties, encode_body(blob.body))));
}

TEST(AppendGolden, LengthsMustAgree) {
  BlobRecord blob = append_blob();
  blob.properties.content_length = 42;
  EXPECT_FALSE(decode_blob(encode_blob(blob.properties, encode_body(blob.body))));
  SharedBody shared = kept_body();
  shared.longest = 6;
  EXPECT_FALSE(decode_shared_body(encode(shared)));
}

}  // namespace
}  // namespace lapis::blob
