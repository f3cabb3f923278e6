#include "blob/records.h"

#include <gtest/gtest.h>

#include "support/hex.h"

namespace lapis::blob {
namespace {

using storage::ChunkRef;

Block block_of(std::string id, std::vector<std::uint64_t> lengths, std::uint64_t first_chunk) {
  Block block;
  block.id.text = std::move(id);
  for (const std::uint64_t length : lengths) {
    block.chunks.push_back({ChunkId{first_chunk++}, length});
    block.length += length;
  }
  return block;
}

Block short_block(std::string id, std::uint64_t length, std::uint64_t row) {
  Block block;
  block.id.text = std::move(id);
  block.length = length;
  block.bytes_row.value = row;
  return block;
}

void expect_same(const Block& a, const Block& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.length, b.length);
  EXPECT_EQ(a.bytes_row, b.bytes_row);
  ASSERT_EQ(a.chunks.size(), b.chunks.size());
  for (std::size_t i = 0; i < a.chunks.size(); ++i) {
    EXPECT_EQ(a.chunks[i].id, b.chunks[i].id);
    EXPECT_EQ(a.chunks[i].length, b.chunks[i].length);
  }
}

BlobProperties full_properties() {
  BlobProperties p;
  p.etag.value = 77;
  p.created = Timestamp(Ticks(123));
  p.last_modified = Timestamp(Ticks(-5));
  p.content_length = 35;
  p.http = {"a/b", "gzip", "en", "inline", "max-age=1", Md5Digest{std::byte{9}}};
  p.metadata = {{"Zz", "1"}, {"aa", std::string("\xff\x00", 2)}};
  p.tier = AccessTier::kCold;
  p.tier_inferred = false;
  p.tier_changed = Timestamp(Ticks(99));
  p.immutability = ImmutabilityPolicy{Timestamp(Ticks(500)), true};
  p.legal_hold = true;
  p.last_access = Timestamp(Ticks(600));
  return p;
}

TEST(BlobRecord, ComesBackAsItWent) {
  const BlobProperties p = full_properties();
  Body body;
  body.listed = true;
  body.blocks = {block_of("AA", {10}, 1), short_block("AB", 5, 9), block_of("AC", {15, 5}, 2)};
  const auto back = decode_blob(encode_blob(p, encode_body(body)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->properties.etag, p.etag);
  EXPECT_EQ(back->properties.created, p.created);
  EXPECT_EQ(back->properties.last_modified, p.last_modified);
  EXPECT_EQ(back->properties.content_length, 35u);
  EXPECT_EQ(back->properties.http.content_type, "a/b");
  EXPECT_EQ(back->properties.http.content_md5, p.http.content_md5);
  EXPECT_EQ(back->properties.metadata, p.metadata);
  EXPECT_EQ(back->properties.tier, p.tier);
  EXPECT_FALSE(back->properties.tier_inferred);
  EXPECT_EQ(back->properties.tier_changed, p.tier_changed);
  ASSERT_TRUE(back->properties.immutability);
  EXPECT_EQ(back->properties.immutability->until, p.immutability->until);
  EXPECT_TRUE(back->properties.immutability->locked);
  EXPECT_TRUE(back->properties.legal_hold);
  EXPECT_EQ(back->properties.last_access, p.last_access);
  EXPECT_TRUE(back->body.listed);
  ASSERT_EQ(back->body.blocks.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) expect_same(back->body.blocks[i], body.blocks[i]);
  EXPECT_EQ(back->body.blocks[0].first, 0u);
  EXPECT_EQ(back->body.blocks[1].first, 10u);
  EXPECT_EQ(back->body.blocks[2].first, 15u);
}

TEST(BlobRecord, PropertiesAreReadWithoutTheBody) {
  const std::string row = encode_blob(full_properties(), "\xff\xff not a body");
  const auto properties = decode_properties(row);
  ASSERT_TRUE(properties);
  EXPECT_EQ(properties->etag.value, 77u);
  EXPECT_FALSE(decode_blob(row));
}

TEST(BlobRecord, OfFiftyThousandBlocksIsSmall) {
  Body body;
  body.listed = true;
  constexpr std::uint64_t kSegments = 50'000 / 512 + 1;
  for (std::uint64_t i = 0; i < kSegments; ++i) {
    body.segments.push_back({SegmentId{1'000'000'000 + i}, 512ull * 4'000 * 1024 * 1024, 512, 0});
  }
  EXPECT_LT(encode_body(body).size(), 3'000u);
}

TEST(Segment, OfFullSizeIsBoundedAndComesBack) {
  Segment segment;
  for (std::uint64_t i = 0; i < 512; ++i) {
    segment.blocks.push_back(block_of(std::string(64, 'x'), {8 << 20}, 1'000'000 + i));
  }
  const std::string row = encode(segment);
  EXPECT_LT(row.size(), 48u * 1024);
  const auto back = decode_segment(row);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->blocks.size(), 512u);
  expect_same(back->blocks[511], segment.blocks[511]);
  EXPECT_EQ(back->blocks[511].first, 511ull * (8 << 20));
}

TEST(StagedBlock, TakesItsIdFromTheKey) {
  const auto back = decode_staged_block(encode(block_of("QUJD", {3, 4}, 5)), "QUJD");
  ASSERT_TRUE(back);
  expect_same(*back, block_of("QUJD", {3, 4}, 5));
}

TEST(OtherRecords, ComeBackAsTheyWent) {
  const UploadRecord upload{UploadId{3}, 9, 64, 100'000, Timestamp(Ticks(55))};
  const auto upload_back = decode_upload(encode(upload));
  ASSERT_TRUE(upload_back);
  EXPECT_EQ(upload_back->id, upload.id);
  EXPECT_EQ(upload_back->stamp, 9u);
  EXPECT_EQ(upload_back->id_length, 64u);
  EXPECT_EQ(upload_back->blocks, 100'000u);
  EXPECT_EQ(upload_back->last_write, upload.last_write);

  ContainerRecord container{ContainerId{4}, {Etag{5}, Timestamp(Ticks(6)), {{"k", "v"}}}};
  container.properties.deletion = Deletion{Timestamp(Ticks(7)), ServiceTime(Ticks(8))};
  const auto container_back = decode_container(encode(container));
  ASSERT_TRUE(container_back);
  EXPECT_EQ(container_back->id, container.id);
  EXPECT_EQ(container_back->properties.etag, Etag{5});
  EXPECT_EQ(container_back->properties.metadata, container.properties.metadata);
  ASSERT_TRUE(container_back->properties.deletion);
  EXPECT_EQ(container_back->properties.deletion->at, Timestamp(Ticks(7)));
  EXPECT_EQ(container_back->properties.deletion->until, ServiceTime(Ticks(8)));

  EXPECT_EQ(decode_container_state(encode(ContainerState{}))->deleted, 0u);
  EXPECT_EQ(decode_container_state(encode(ContainerState{12}))->deleted, 12u);

  Release release;
  release.body.blocks = {block_of("", {7}, 8)};
  release.upload.value = 11;
  release.emptied = {SegmentId{1}, SegmentId{300}};
  const auto release_back = decode_release(encode(release));
  ASSERT_TRUE(release_back);
  EXPECT_EQ(release_back->upload, release.upload);
  EXPECT_EQ(release_back->emptied, release.emptied);
  expect_same(release_back->body.blocks.at(0), release.body.blocks[0]);
}

// What is on disk stays readable: these bytes never change (docs/formats.md).
TEST(Records, BytesAreFixed) {
  const auto hex = [](const std::string& row) { return test::to_hex(as_bytes(row)); };
  BlobProperties p;
  p.etag.value = 7;
  p.created = Timestamp(Ticks(16));
  p.last_modified = Timestamp(Ticks(300));
  p.content_length = 5;
  p.http.content_type = "a/b";
  p.metadata = {{"k", "v"}};
  p.tier = AccessTier::kCool;
  p.tier_inferred = false;
  p.tier_changed = Timestamp(Ticks(17));
  Body short_body;
  short_body.inline_bytes = "hello";
  EXPECT_EQ(hex(encode_blob(p, encode_body(short_body))),
            "1a000000"
            "1007181020ac0228053203612f6262060a016b120176680178110a0568656c6c6f");
  const Block one = block_of("QQ==", {9}, 300);
  const Block two = block_of("Qg==", {4, 5}, 1);
  const Block row = short_block("Qw==", 3, 8);
  EXPECT_EQ(hex(encode(one)), "10091a02ac02");
  EXPECT_EQ(hex(encode(two)), "10091a02010222020405");
  EXPECT_EQ(hex(encode(row)), "10032808");
  EXPECT_EQ(hex(encode(Segment{{one, two, row}})),
            "0a0c0a0451513d3d10091a02ac02"
            "0a100a0451673d3d10091a02010222020405"
            "0a0a0a0451773d3d10032808");
  Body listed;
  listed.listed = true;
  listed.blocks = {one, row};
  EXPECT_EQ(hex(encode_body(listed)), "120c0a0451513d3d10091a02ac02120a0a0451773d3d100328082001");
  Body large;
  large.listed = true;
  large.segments = {{SegmentId{400}, 1000, 512, 0}};
  EXPECT_EQ(hex(encode_body(large)), "1a0908900310e8071880042001");
  EXPECT_EQ(hex(encode(UploadRecord{UploadId{3}, 4, 8, 2, Timestamp(Ticks(300))})),
            "080310041808200228ac02");
  EXPECT_EQ(
      hex(encode(ContainerRecord{ContainerId{1}, {Etag{2}, Timestamp(Ticks(300)), {{"k", "v"}}}})),
      "0801100218ac0222060a016b120176");
  EXPECT_EQ(hex(encode(ContainerState{})), "");
  EXPECT_EQ(hex(encode(ContainerState{300})), "08ac02");
  Release upload;
  upload.upload.value = 3;
  EXPECT_EQ(hex(encode(upload)), "0a001003");
  Release parts;
  parts.body.blocks = {two};
  parts.emptied = {SegmentId{5}};
  EXPECT_EQ(hex(encode(parts)), "0a1212100a0451673d3d10091a020102220204051a0105");
}

// Every cut and every flipped byte is refused or read as something; none crashes or hangs.
TEST(Records, DamageIsAnErrorOrARecordNeverACrash) {
  Body body;
  body.blocks = {block_of("AA", {10, 20}, 1), short_block("AB", 5, 9)};
  const std::string row = encode_blob(full_properties(), encode_body(body));
  for (std::size_t n = 0; n < row.size(); ++n) {
    const auto cut = decode_blob(std::string_view(row).substr(0, n));
    EXPECT_FALSE(cut) << n;
    if (!cut) {
      EXPECT_EQ(cut.error().code, ErrorCode::kInternalError);
    }
    for (const int bit : {1, 0x80}) {
      std::string flipped = row;
      flipped[n] = static_cast<char>(flipped[n] ^ bit);
      const auto back = decode_blob(flipped);
      if (!back) continue;
      std::uint64_t sum = back->body.inline_bytes.size();
      for (const Block& block : back->body.blocks) sum += block.length;
      EXPECT_EQ(sum, back->properties.content_length);
    }
  }
}

TEST(Records, LengthsThatDoNotAddUpAreDamage) {
  BlobProperties p = full_properties();
  Body body;
  body.blocks = {block_of("AA", {10}, 1)};
  p.content_length = 11;
  EXPECT_FALSE(decode_blob(encode_blob(p, encode_body(body))));
  Block wrong = block_of("AA", {10, 20}, 1);
  wrong.length = 29;
  EXPECT_FALSE(decode_staged_block(encode(wrong), "AA"));
  EXPECT_FALSE(decode_staged_block("", "AA"));
}

}  // namespace
}  // namespace lapis::blob
