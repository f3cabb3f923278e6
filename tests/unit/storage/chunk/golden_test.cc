// The chunk store's format 1, as files (support/golden.h, docs/formats.md).
#include "support/golden.h"

#include <gtest/gtest.h>

#include "lapis/base/crc64.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/frame.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/superblock.h"
#include "storage/chunk/unit_sums.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kTwoUnits = 16'400;

Guid counting_guid(unsigned first) {
  Guid guid;
  for (std::size_t i = 0; i < 16; ++i) guid.bytes[i] = static_cast<std::byte>(first + i);
  return guid;
}

// 16,400 bytes: a whole unit and one of 16 bytes.
std::string long_payload() {
  std::string payload(kTwoUnits, '\0');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i % 251);
  return payload;
}

FrameHeader frame_header(std::uint64_t chunk, std::uint64_t length, std::uint64_t offset) {
  FrameHeader header;
  header.chunk = ChunkId{chunk};
  header.owner = {ContainerId{258}, 0x1122334455667788};
  header.payload_length = length;
  header.place = {PathId{1}, ExtentId{2}, 3, offset};
  header.sequence = Sequence{41};
  header.epoch = 1;
  header.store = counting_guid(0xa0);
  return header;
}

std::string frame(const FrameHeader& header, std::string_view payload) {
  std::vector<std::byte> bytes(frame_bytes(payload.size(), header.unit_bytes));
  const MutableBytes out(bytes);
  encode_frame_header(header, out);
  std::ranges::copy(as_bytes(payload), out.begin() + kFrameHeaderBytes);
  UnitSums sums(header.unit_bytes);
  sums.add(as_bytes(payload));
  encode_frame_tail(out.first(kFrameHeaderBytes), sums.finish(),
                    out.subspan(kFrameHeaderBytes + payload.size(),
                                frame_tail_bytes(payload.size(), header.unit_bytes)));
  return std::string(as_text(bytes));
}

std::string extent_header() {
  std::vector<std::byte> block(kExtentHeaderBytes);
  encode_extent_header({counting_guid(0xa0), PathId{1}, ExtentId{2}, 3, 4 << 20}, block);
  return std::string(as_text(block));
}

Superblock superblock() {
  return {counting_guid(0xa0).to_string(),
          counting_guid(0xc0).to_string(),
          PathId{1},
          "flash",
          PoolClass::kFlash,
          4 << 20,
          5};
}

ChunkRow chunk_row(std::string_view payload, std::uint64_t offset) {
  UnitSums sums(kUnitBytes);
  sums.add(as_bytes(payload));
  ChunkRow row;
  row.length = payload.size();
  row.places = {{PathId{1}, ExtentId{2}, 3, offset}};
  row.unit_crcs = sums.finish();
  return row;
}

std::string keys() {
  return test::key_lines({{"chunk", chunk_key(ChunkId{7})},
                          {"extent", extent_key(PathId{1}, ExtentId{2})},
                          {"path", path_key(PathId{1})},
                          {"chunk_range", chunk_range_key()}});
}

test::Goldens goldens() {
  ChunkRow shared = chunk_row(long_payload(), 8192);
  shared.places.push_back({PathId{2}, ExtentId{9}, 1, 4096});
  shared.extra_references = 2;
  const PathRow path{counting_guid(0xc0).to_string(), "flash", "/srv/lapis/flash", 5, 4 << 20};
  return {{"chunk/frame", frame(frame_header(7, 5, 4096), "hello")},
          {"chunk/frame_two_units", frame(frame_header(8, kTwoUnits, 8192), long_payload())},
          {"chunk/extent_header", extent_header()},
          {"chunk/superblock", encode(superblock())},
          {"chunk/chunk_row", encode(chunk_row("hello", 4096))},
          {"chunk/chunk_row_two_units", encode(shared)},
          {"chunk/extent_row_free", encode(ExtentRow{ExtentState::kFree, 4, 4 << 20})},
          {"chunk/extent_row_open", encode(ExtentRow{ExtentState::kOpen, 3, 4 << 20})},
          {"chunk/extent_row_sealed", encode(ExtentRow{ExtentState::kSealed, 3, 4 << 20})},
          {"chunk/extent_row_failed", encode(ExtentRow{ExtentState::kFailed, 3, 4 << 20})},
          {"chunk/path_row", encode(path)},
          {"chunk/chunk_range_row", encode(ChunkRangeRow{65'537})},
          {"chunk/keys", keys()}};
}

TEST(ChunkGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(ChunkGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

void expect_frame(std::string_view file, const FrameHeader& expected, std::string_view payload) {
  const std::string bytes = test::read_golden(file);
  const auto header = decode_frame_header(as_bytes(bytes));
  ASSERT_TRUE(header) << to_string(header.error());
  EXPECT_EQ(header->chunk, expected.chunk);
  EXPECT_EQ(header->owner.container, expected.owner.container);
  EXPECT_EQ(header->owner.tag, expected.owner.tag);
  EXPECT_EQ(header->payload_length, payload.size());
  EXPECT_EQ(header->unit_bytes, 16'384u);
  EXPECT_EQ(header->place, expected.place);
  EXPECT_EQ(header->sequence, expected.sequence);
  EXPECT_EQ(header->epoch, 1u);
  EXPECT_EQ(header->store, expected.store);
  ASSERT_EQ(bytes.size(), frame_bytes(payload.size(), header->unit_bytes));
  const std::string_view rest = std::string_view(bytes).substr(kFrameHeaderBytes);
  EXPECT_EQ(rest.substr(0, payload.size()), payload);
  const std::size_t tail = frame_tail_bytes(payload.size(), header->unit_bytes);
  const auto crcs = decode_frame_tail(as_bytes(bytes).first(kFrameHeaderBytes),
                                      as_bytes(rest.substr(payload.size(), tail)));
  ASSERT_TRUE(crcs) << to_string(crcs.error());
  for (std::size_t i = 0; i < crcs->size(); ++i) {
    EXPECT_EQ((*crcs)[i], crc64(as_bytes(payload.substr(i * 16'384, 16'384)))) << i;
  }
  EXPECT_EQ(rest.find_first_not_of('\0', payload.size() + tail), rest.npos);
}

TEST(ChunkGolden, FramesAreRead) {
  expect_frame("chunk/frame", frame_header(7, 5, 4096), "hello");
  expect_frame("chunk/frame_two_units", frame_header(8, kTwoUnits, 8192), long_payload());
}

TEST(ChunkGolden, ExtentHeaderIsRead) {
  const std::string bytes = test::read_golden("chunk/extent_header");
  EXPECT_EQ(bytes.size(), 4096u);
  const auto header = decode_extent_header(as_bytes(bytes));
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->store, counting_guid(0xa0));
  EXPECT_EQ((*header)->path, PathId{1});
  EXPECT_EQ((*header)->extent, ExtentId{2});
  EXPECT_EQ((*header)->generation, 3u);
  EXPECT_EQ((*header)->bytes, 4u << 20);
}

TEST(ChunkGolden, SuperblockIsRead) {
  const auto read = decode_superblock(test::read_golden("chunk/superblock"));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->store, "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  EXPECT_EQ(read->path, "c0c1c2c3-c4c5-c6c7-c8c9-cacbcccdcecf");
  EXPECT_EQ(read->id, PathId{1});
  EXPECT_EQ(read->pool, "flash");
  EXPECT_EQ(read->pool_class, PoolClass::kFlash);
  EXPECT_EQ(read->extent_bytes, 4u << 20);
  EXPECT_EQ(read->generation, 5u);
}

TEST(ChunkGolden, ChunkRowsAreRead) {
  const auto one = decode_chunk_row(test::read_golden("chunk/chunk_row"));
  ASSERT_TRUE(one) << to_string(one.error());
  EXPECT_EQ(one->length, 5u);
  EXPECT_EQ(one->places, (std::vector<Place>{{PathId{1}, ExtentId{2}, 3, 4096}}));
  EXPECT_EQ(one->unit_crcs, (std::vector{crc64(as_bytes("hello"))}));
  EXPECT_EQ(one->extra_references, 0u);

  const auto two = decode_chunk_row(test::read_golden("chunk/chunk_row_two_units"));
  ASSERT_TRUE(two) << to_string(two.error());
  EXPECT_EQ(two->length, kTwoUnits);
  EXPECT_EQ(two->places, (std::vector<Place>{{PathId{1}, ExtentId{2}, 3, 8192},
                                             {PathId{2}, ExtentId{9}, 1, 4096}}));
  EXPECT_EQ(two->unit_bytes, 16'384u);
  EXPECT_EQ(two->unit_crcs, chunk_row(long_payload(), 0).unit_crcs);
  EXPECT_EQ(two->extra_references, 2u);
}

TEST(ChunkGolden, OtherRowsAreRead) {
  constexpr std::pair<const char*, ExtentState> kStates[] = {
      {"chunk/extent_row_free", ExtentState::kFree},
      {"chunk/extent_row_open", ExtentState::kOpen},
      {"chunk/extent_row_sealed", ExtentState::kSealed},
      {"chunk/extent_row_failed", ExtentState::kFailed}};
  for (const auto& [file, state] : kStates) {
    const auto row = decode_extent_row(test::read_golden(file));
    ASSERT_TRUE(row) << file;
    EXPECT_EQ(row->state, state) << file;
    EXPECT_EQ(row->generation, state == ExtentState::kFree ? 4u : 3u) << file;
    EXPECT_EQ(row->bytes, 4u << 20) << file;
  }
  const auto path = decode_path_row(test::read_golden("chunk/path_row"));
  ASSERT_TRUE(path) << to_string(path.error());
  EXPECT_EQ(path->uuid, "c0c1c2c3-c4c5-c6c7-c8c9-cacbcccdcecf");
  EXPECT_EQ(path->pool, "flash");
  EXPECT_EQ(path->directory, "/srv/lapis/flash");
  EXPECT_EQ(path->generation, 5u);
  EXPECT_EQ(path->extent_bytes, 4u << 20);
  EXPECT_EQ(decode_chunk_range_row(test::read_golden("chunk/chunk_range_row"))->next_id, 65'537u);
}

}  // namespace
}  // namespace lapis::storage
