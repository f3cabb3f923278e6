#include "storage/chunk/rows.h"

#include <gtest/gtest.h>

#include "lapis/base/random.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

ChunkRow a_row() {
  ChunkRow row;
  row.length = 70'000;
  row.unit_bytes = 32'768;
  row.places = {{PathId{1}, ExtentId{2}, 3, 4096}, {PathId{4}, ExtentId{5}, 6, 8192}};
  row.unit_crcs = {1, 2, 0xffffffffffffffff};
  row.extra_references = 2;
  return row;
}

TEST(Rows, ChunkRowComesBackAsItWas) {
  const ChunkRow row = a_row();
  const auto decoded = decode_chunk_row(encode(row));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->length, row.length);
  EXPECT_EQ(decoded->places, row.places);
  EXPECT_EQ(decoded->unit_bytes, row.unit_bytes);
  EXPECT_EQ(decoded->unit_crcs, row.unit_crcs);
  EXPECT_EQ(decoded->extra_references, 2u);
}

struct OddRow {
  const char* name;
  void (*change)(ChunkRow&);
};

constexpr OddRow kOddRows[] = {
    {"NoPlace", [](ChunkRow& row) { row.places.clear(); }},
    {"NoBytes", [](ChunkRow& row) { row.length = 0; }},
    {"TooLong", [](ChunkRow& row) { row.length = kMaxChunkLength + 1; }},
    {"MissingChecksum", [](ChunkRow& row) { row.unit_crcs.pop_back(); }},
    {"OneChecksumTooMany", [](ChunkRow& row) { row.unit_crcs.push_back(0); }},
    {"OddUnit", [](ChunkRow& row) { row.unit_bytes = 33'000; }},
    {"UnitZero", [](ChunkRow& row) { row.unit_bytes = 0; }},
};

class OddChunkRow : public testing::TestWithParam<OddRow> {};

TEST_P(OddChunkRow, IsRefused) {
  ChunkRow row = a_row();
  GetParam().change(row);
  EXPECT_FALSE(decode_chunk_row(encode(row)).has_value());
}

INSTANTIATE_TEST_SUITE_P(Fields, OddChunkRow, testing::ValuesIn(kOddRows),
                         [](const auto& p) { return std::string(p.param.name); });

// A directory's name is bytes, whatever they spell.
TEST(Rows, PathThatIsNotUtf8ComesBack) {
  const auto path = decode_path_row(encode(PathRow{"uuid", "pool", "/srv/\xff", 4, 1 << 22}));
  ASSERT_TRUE(path);
  EXPECT_EQ(path->directory, "/srv/\xff");
}

TEST(Rows, ExtentAndPathRowsComeBack) {
  for (const ExtentState state :
       {ExtentState::kFree, ExtentState::kOpen, ExtentState::kSealed, ExtentState::kFailed}) {
    const auto decoded = decode_extent_row(encode(ExtentRow{state, 7, 1 << 20}));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->state, state);
    EXPECT_EQ(decoded->generation, 7u);
  }
  EXPECT_FALSE(decode_extent_row("").has_value());  // no state
  const auto path = decode_path_row(encode(PathRow{"uuid", "pool", "/somewhere", 4, 1 << 22}));
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->directory, "/somewhere");
  EXPECT_EQ(path->generation, 4u);
}

TEST(Rows, WhatWasAskedOfAPathComesBack) {
  const std::string plain = encode(PathRow{"u", "p", "/d", 4, 1 << 20});
  for (const PathMode mode :
       {PathMode::kNormal, PathMode::kReadOnly, PathMode::kDraining, PathMode::kRetired}) {
    const auto row =
        decode_path_row(encode(PathRow{"u", "p", "/d", 4, 1 << 20, mode, Sequence{41}, true}));
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->mode, mode);
    EXPECT_EQ(row->away_since, Sequence{41});
    EXPECT_TRUE(row->is_added);
  }
  // docs/formats.md; nothing of it where nothing was asked.
  const PathRow draining{"u", "p", "/d", 4, 1 << 20, PathMode::kDraining, Sequence{41}, true};
  EXPECT_EQ(encode(draining), plain + "\x30\x02\x38\x29\x40\x01");
  EXPECT_EQ(decode_path_row(plain)->mode, PathMode::kNormal);
  EXPECT_FALSE(decode_path_row(plain + "\x30\x09").has_value());
}

TEST(Rows, GarbageIsRefusedOrARow) {
  for (int i = 0; i < 2'000; ++i) {
    std::string garbage(random_u64() % 60, '\0');
    fill_random(std::as_writable_bytes(std::span(garbage)));
    const auto row = decode_chunk_row(garbage);
    if (row) {
      EXPECT_EQ(row->unit_crcs.size(), unit_count(row->length, row->unit_bytes));
    }
  }
}

TEST(Keys, SortByIdWithinTheirTable) {
  EXPECT_LT(chunk_key(ChunkId{255}), chunk_key(ChunkId{256}));
  EXPECT_LT(extent_key(PathId{1}, ExtentId{999}), extent_key(PathId{2}, ExtentId{1}));
  EXPECT_LE(table_begin(Table::kChunk), chunk_key(ChunkId{0}));
  EXPECT_LT(chunk_key(ChunkId{~0ull}), table_end(Table::kChunk));
}

}  // namespace
}  // namespace lapis::storage
