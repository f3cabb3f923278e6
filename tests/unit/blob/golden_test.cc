// The blob module's format 1, as files (support/golden.h, docs/formats.md).
#include "support/golden.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "blob/keys.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

Timestamp ticks(std::int64_t count) { return Timestamp(Ticks(count)); }

// 2026-11-22T21:00:00Z
const Timestamp kNow = ticks(17'953'812'000'000'000);

BlobProperties short_properties() {
  BlobProperties p;
  p.etag.value = 7;
  p.created = ticks(16);
  p.last_modified = ticks(300);
  p.content_length = 5;
  p.http.content_type = "a/b";
  p.metadata = {{"k", "v"}};
  p.tier = AccessTier::kCool;
  p.tier_inferred = false;
  p.tier_changed = ticks(17);
  return p;
}

BlobProperties full_properties(std::uint64_t length) {
  BlobProperties p;
  p.etag.value = 300;
  p.created = kNow;
  p.last_modified = kNow + Ticks(1);
  p.content_length = length;
  p.http = {"text/plain", "gzip", "en", "inline", "max-age=1", Md5Digest{}};
  for (std::size_t i = 0; i < 16; ++i) (*p.http.content_md5)[i] = static_cast<std::byte>(i);
  p.metadata = {{"Owner", "ann"}, {"empty", ""}};
  return p;
}

Block block_of(std::string id, const std::vector<storage::ChunkRef>& chunks) {
  Block block;
  block.id.text = std::move(id);
  block.chunks = chunks;
  for (const storage::ChunkRef& chunk : chunks) block.length += chunk.length;
  return block;
}

Block short_block(std::string id, std::uint64_t length, std::uint64_t row) {
  Block block;
  block.id.text = std::move(id);
  block.length = length;
  block.bytes_row.value = row;
  return block;
}

const Block kOneChunk = block_of("QUFBQQ==", {{ChunkId{7}, 8 * kMiB}});
const Block kTwoChunks = block_of("QUFBQg==", {{ChunkId{8}, 16 * kMiB}, {ChunkId{9}, 4 * kMiB}});
const Block kShort = short_block("QUFBQw==", 3, 12);

Body inline_body() {
  Body body;
  body.inline_bytes = "hello";
  return body;
}

Body chunk_body() {  // of a Put Blob
  Body body;
  body.blocks = {block_of("", {{ChunkId{7}, 8 * kMiB}})};
  return body;
}

Body block_body() {
  Body body;
  body.listed = true;
  body.blocks = {kOneChunk, kTwoChunks, kShort};
  return body;
}

Body segment_body() {
  Body body;
  body.listed = true;
  body.segments = {{SegmentId{400}, 512 * 8 * kMiB, 512}, {SegmentId{401}, 3, 1}};
  return body;
}

Body empty_body() {
  Body body;
  body.listed = true;
  return body;
}

std::string row(const BlobProperties& properties, const Body& body) {
  return encode_blob(properties, encode_body(body));
}

Lease lease() {
  Lease lease{{}, std::chrono::seconds(30), ServiceTime(kNow.time_since_epoch()), std::nullopt};
  for (std::size_t i = 0; i < 16; ++i) lease.id.bytes[i] = static_cast<std::byte>(0xa0 + i);
  return lease;
}

BlobProperties leased_properties() {
  BlobProperties p = short_properties();
  p.lease = lease();
  return p;
}

BlobProperties tagged_properties() {
  BlobProperties p = short_properties();
  p.tags = {{"k", "v"}, {"empty", ""}};
  return p;
}

Lease breaking_lease() {
  Lease breaking = lease();
  breaking.duration.reset();
  breaking.ends = {};
  breaking.breaks = ServiceTime(Ticks(17));
  return breaking;
}

std::string keys() {
  const ContainerId container{258};
  return test::key_lines({{"container_name", container_name_key("acct", "photos")},
                          {"container_state", container_state_key(container)},
                          {"blob", blob_key(container, "a/b.txt")},
                          {"upload", upload_key(container, "a/b.txt")},
                          {"upload_name", upload_name_key(container, UploadId{3})},
                          {"staged_block", staged_block_key(container, UploadId{3}, kOneChunk.id)},
                          {"segment", segment_key(container, SegmentId{400})},
                          {"release", release_key(container, ReleaseId{500})},
                          {"block_bytes", block_bytes_key(container, BlockBytesId{12})}});
}

BlobProperties base_properties() {
  BlobProperties p = short_properties();
  p.snapshots = 2;
  p.last_past = kNow;
  return p;
}

BlobProperties snapshot_properties() {
  BlobProperties p = short_properties();
  p.snapshot = kNow;
  return p;
}

Body shared_body() {
  Body body = chunk_body();
  body.blocks[0].length = 5;
  body.blocks[0].chunks[0].length = 5;
  body.id.value = 600;
  return body;
}

std::string past_keys() {
  const ContainerId container{258};
  return test::key_lines({{"snapshot", past_key(container, "a/b.txt", kNow)},
                          {"shared_body", shared_body_key(container, BodyId{600})},
                          {"chunk_owner", block_owner_key({0, 7}, BodyId{600})},
                          {"bytes_owner", block_owner_key({258, 12}, BodyId{600})}});
}

ServiceProperties service_properties() {
  ServiceProperties properties;
  properties.logging = {"2.0", 7};
  properties.minute_metrics.retention_days = 365;
  properties.default_version = 20211202;
  return properties;
}

// Two policies: one with every field, one with none.
ContainerProperties shared_container() {
  ContainerProperties properties{Etag{2}, kNow, {{"k", "v"}}};
  properties.access.level = PublicAccess::kContainer;
  properties.access.policies = {{"one", kNow, kNow + std::chrono::hours(1), "rl"},
                                {"two", {}, {}, ""}};
  return properties;
}

ServiceProperties cors_properties() {
  ServiceProperties properties = service_properties();
  properties.cors = {{{"*"}, {"GET", "PUT"}, {"x-ms-meta-*"}, {"ETag"}, 60},
                     {{"http://a", "http://b"}, {"DELETE"}, {}, {}, 0}};
  return properties;
}

ServiceProperties website_properties() {
  ServiceProperties properties = service_properties();
  properties.website = StaticWebsite{"i", "", "/e.h"};
  return properties;
}

test::Goldens goldens() {
  Release parts;
  parts.body.blocks = {kOneChunk, kShort};
  for (Block& block : parts.body.blocks) block.id.text.clear();
  parts.emptied = {SegmentId{400}, SegmentId{401}};
  Release upload;
  upload.upload.value = 3;
  Release body;
  body.body = segment_body();
  Release owned;
  owned.body = shared_body();
  owned.owner.value = 600;
  const ContainerProperties properties{Etag{2}, kNow, {{"k", "v"}}};
  const ContainerProperties leased{Etag{2}, kNow, {}, breaking_lease()};
  return {
      {"blob/blob_inline", row(short_properties(), inline_body())},
      {"blob/blob_chunks", row(full_properties(8 * kMiB), chunk_body())},
      {"blob/blob_blocks", row(full_properties(28 * kMiB + 3), block_body())},
      {"blob/blob_segments", row(full_properties(512 * 8 * kMiB + 3), segment_body())},
      {"blob/blob_empty", row(full_properties(0), empty_body())},
      {"blob/blob_leased", row(leased_properties(), inline_body())},
      {"blob/blob_tagged", row(tagged_properties(), inline_body())},
      {"blob/tag_keys", test::key_lines({{"tag", tag_key(ContainerId{258}, "k", "v", "a/b.txt")}})},
      {"blob/segment", encode(Segment{{kOneChunk, kTwoChunks, kShort}})},
      {"blob/staged_one_chunk", encode(kOneChunk)},
      {"blob/staged_two_chunks", encode(kTwoChunks)},
      {"blob/staged_short", encode(kShort)},
      {"blob/upload", encode(UploadRecord{UploadId{3}, 4, 8, 2, kNow})},
      {"blob/container", encode(ContainerRecord{ContainerId{258}, properties})},
      {"blob/container_leased", encode(ContainerRecord{ContainerId{258}, leased})},
      {"blob/service_clock", encode_service_clock_mark(ServiceTime(kNow.time_since_epoch()))},
      {"blob/container_access", encode(ContainerRecord{ContainerId{258}, shared_container()})},
      {"blob/container_state_live", encode(ContainerState{})},
      {"blob/container_state_deleted", encode(ContainerState{300})},
      {"blob/release_body", encode(body)},
      {"blob/release_parts", encode(parts)},
      {"blob/release_upload", encode(upload)},
      {"blob/keys", keys()},
      {"blob/blob_with_snapshots", row(base_properties(), shared_body())},
      {"blob/snapshot", row(snapshot_properties(), shared_body())},
      {"blob/shared_body", encode(SharedBody{3, true})},
      {"blob/release_owned", encode(owned)},
      {"blob/past_keys", past_keys()},
      {"blob/service_properties", encode(service_properties())},
      {"blob/service_properties_cors", encode(cors_properties())},
      {"blob/service_properties_website", encode(website_properties())},
      {"blob/account_keys",
       test::key_lines({{"service_properties", service_properties_key("acct")}})}};
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

void expect_same(const std::optional<Lease>& a, const std::optional<Lease>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->id, b->id);
  EXPECT_EQ(a->duration, b->duration);
  EXPECT_EQ(a->ends, b->ends);
  EXPECT_EQ(a->breaks, b->breaks);
}

void expect_same(const BlobProperties& a, const BlobProperties& b) {
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.etag, b.etag);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.last_modified, b.last_modified);
  EXPECT_EQ(a.content_length, b.content_length);
  EXPECT_EQ(a.http.content_type, b.http.content_type);
  EXPECT_EQ(a.http.content_encoding, b.http.content_encoding);
  EXPECT_EQ(a.http.content_language, b.http.content_language);
  EXPECT_EQ(a.http.content_disposition, b.http.content_disposition);
  EXPECT_EQ(a.http.cache_control, b.http.cache_control);
  EXPECT_EQ(a.http.content_md5, b.http.content_md5);
  EXPECT_EQ(a.metadata, b.metadata);
  EXPECT_EQ(a.tier, b.tier);
  EXPECT_EQ(a.tier_inferred, b.tier_inferred);
  EXPECT_EQ(a.tier_changed, b.tier_changed);
  expect_same(a.lease, b.lease);
  EXPECT_EQ(a.tags, b.tags);
}

void expect_same(const Body& a, const Body& b) {
  EXPECT_EQ(a.inline_bytes, b.inline_bytes);
  EXPECT_EQ(a.listed, b.listed);
  ASSERT_EQ(a.blocks.size(), b.blocks.size());
  for (std::size_t i = 0; i < a.blocks.size(); ++i) expect_same(a.blocks[i], b.blocks[i]);
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    EXPECT_EQ(a.segments[i].id, b.segments[i].id);
    EXPECT_EQ(a.segments[i].length, b.segments[i].length);
    EXPECT_EQ(a.segments[i].blocks, b.segments[i].blocks);
  }
}

TEST(BlobGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(BlobGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(BlobGolden, RecordsOfEveryKindOfBodyAreRead) {
  const struct {
    const char* file;
    BlobProperties properties;
    Body body;
  } kCases[] = {{"blob/blob_inline", short_properties(), inline_body()},
                {"blob/blob_chunks", full_properties(8 * kMiB), chunk_body()},
                {"blob/blob_blocks", full_properties(28 * kMiB + 3), block_body()},
                {"blob/blob_segments", full_properties(512 * 8 * kMiB + 3), segment_body()},
                {"blob/blob_empty", full_properties(0), empty_body()},
                {"blob/blob_leased", leased_properties(), inline_body()},
                {"blob/blob_tagged", tagged_properties(), inline_body()}};
  for (const auto& expected : kCases) {
    SCOPED_TRACE(expected.file);
    const auto blob = decode_blob(test::read_golden(expected.file));
    ASSERT_TRUE(blob) << to_string(blob.error());
    expect_same(blob->properties, expected.properties);
    expect_same(blob->body, expected.body);
  }
}

TEST(BlobGolden, BlocksAndSegmentsAreRead) {
  const auto segment = decode_segment(test::read_golden("blob/segment"));
  ASSERT_TRUE(segment);
  ASSERT_EQ(segment->blocks.size(), 3u);
  expect_same(segment->blocks[0], kOneChunk);
  expect_same(segment->blocks[1], kTwoChunks);
  expect_same(segment->blocks[2], kShort);
  EXPECT_EQ(segment->blocks[2].first, 28 * kMiB);
  const std::pair<const char*, const Block*> kStaged[] = {{"blob/staged_one_chunk", &kOneChunk},
                                                          {"blob/staged_two_chunks", &kTwoChunks},
                                                          {"blob/staged_short", &kShort}};
  for (const auto& [file, block] : kStaged) {
    const auto staged = decode_staged_block(test::read_golden(file), block->id.text);
    ASSERT_TRUE(staged) << file;
    expect_same(*staged, *block);
  }
}

TEST(BlobGolden, OtherRowsAreRead) {
  const auto upload = decode_upload(test::read_golden("blob/upload"));
  ASSERT_TRUE(upload);
  EXPECT_EQ(upload->id, UploadId{3});
  EXPECT_EQ(upload->stamp, 4u);
  EXPECT_EQ(upload->id_length, 8u);
  EXPECT_EQ(upload->blocks, 2u);
  EXPECT_EQ(upload->last_write, kNow);
  const auto container = decode_container(test::read_golden("blob/container"));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->id, ContainerId{258});
  EXPECT_EQ(container->properties.etag, Etag{2});
  EXPECT_EQ(container->properties.last_modified, kNow);
  EXPECT_EQ(container->properties.metadata, (Metadata{{"k", "v"}}));
  expect_same(container->properties.lease, std::nullopt);
  const auto leased = decode_container(test::read_golden("blob/container_leased"));
  ASSERT_TRUE(leased);
  expect_same(leased->properties.lease, breaking_lease());
  const auto mark = decode_service_clock_mark(test::read_golden("blob/service_clock"));
  ASSERT_TRUE(mark);
  EXPECT_EQ(*mark, ServiceTime(kNow.time_since_epoch()));
  const auto state = [](const char* file) {
    return decode_container_state(test::read_golden(file));
  };
  EXPECT_EQ(state("blob/container_state_live")->deleted, 0u);
  EXPECT_EQ(state("blob/container_state_deleted")->deleted, 300u);
}

TEST(BlobGolden, AccessOfAContainerIsRead) {
  const auto container = decode_container(test::read_golden("blob/container_access"));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->properties.access, shared_container().access);
  EXPECT_EQ(container->properties.metadata, (Metadata{{"k", "v"}}));
  const auto older = decode_container(test::read_golden("blob/container"));
  ASSERT_TRUE(older);
  EXPECT_EQ(older->properties.access, ContainerAccess{});
}

TEST(BlobGolden, ServicePropertiesAreRead) {
  const auto rules = decode_service_properties(test::read_golden("blob/service_properties_cors"));
  ASSERT_TRUE(rules);
  EXPECT_EQ(*rules, cors_properties());
  const auto website =
      decode_service_properties(test::read_golden("blob/service_properties_website"));
  ASSERT_TRUE(website);
  EXPECT_EQ(*website, website_properties());

  const auto properties = decode_service_properties(test::read_golden("blob/service_properties"));
  ASSERT_TRUE(properties);
  EXPECT_EQ(*properties, service_properties());
}

TEST(BlobGolden, ReleaseEntriesAreRead) {
  const auto body = decode_release(test::read_golden("blob/release_body"));
  ASSERT_TRUE(body);
  expect_same(body->body, segment_body());
  const auto parts = decode_release(test::read_golden("blob/release_parts"));
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->body.blocks.size(), 2u);
  expect_same(parts->body.blocks[0], block_of("", kOneChunk.chunks));
  expect_same(parts->body.blocks[1], short_block("", 3, 12));
  EXPECT_EQ(parts->emptied, (std::vector{SegmentId{400}, SegmentId{401}}));
  EXPECT_EQ(parts->upload, UploadId{});
  const auto upload = decode_release(test::read_golden("blob/release_upload"));
  ASSERT_TRUE(upload);
  EXPECT_EQ(upload->upload, UploadId{3});
  EXPECT_TRUE(upload->body.blocks.empty());
}

TEST(BlobGolden, WhatIsSharedIsReadBack) {
  const auto base = decode_blob(test::read_golden("blob/blob_with_snapshots"));
  ASSERT_TRUE(base);
  EXPECT_EQ(base->properties.snapshots, 2u);
  EXPECT_EQ(base->properties.last_past, kNow);
  EXPECT_FALSE(base->properties.snapshot);
  EXPECT_EQ(base->body.id, BodyId{600});
  const auto snapshot = decode_blob(test::read_golden("blob/snapshot"));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->properties.snapshot, kNow);
  EXPECT_EQ(snapshot->properties.snapshots, 0u);
  EXPECT_EQ(snapshot->body.id, BodyId{600});
  const auto sharing = decode_shared_body(test::read_golden("blob/shared_body"));
  ASSERT_TRUE(sharing);
  EXPECT_EQ(sharing->rows, 3u);
  EXPECT_TRUE(sharing->counted);
  const auto owned = decode_release(test::read_golden("blob/release_owned"));
  ASSERT_TRUE(owned);
  EXPECT_EQ(owned->owner, BodyId{600});
}

TEST(BlobGolden, KeysAreTakenApart) {
  std::istringstream lines(test::read_golden("blob/keys"));
  std::map<std::string, std::string> keys;
  for (std::string name, hex; lines >> name >> hex;) keys[name] = test::from_hex(hex);
  EXPECT_EQ(parse_container_name_key(keys["container_name"]), "photos");
  EXPECT_EQ(parse_container_state_key(keys["container_state"]), ContainerId{258});
  for (const auto& [name, kind] :
       {std::pair{"blob", NameRow::kBlob}, std::pair{"upload", NameRow::kUpload}}) {
    const auto key = parse_name_key(keys[name]);
    ASSERT_TRUE(key) << name;
    EXPECT_EQ(key->container, ContainerId{258});
    EXPECT_EQ(key->name, "a/b.txt");
    EXPECT_EQ(key->row, kind);
  }
  const auto upload = parse_staged_key(keys["upload_name"]);
  ASSERT_TRUE(upload);
  EXPECT_EQ(upload->upload, UploadId{3});
  EXPECT_EQ(upload->block, "");
  const auto staged = parse_staged_key(keys["staged_block"]);
  ASSERT_TRUE(staged);
  EXPECT_EQ(staged->block, "QUFBQQ==");
  EXPECT_EQ(parse_release_key(keys["release"])->entry, ReleaseId{500});
}

}  // namespace
}  // namespace lapis::blob
