#include "storage/chunk/heat_rows.h"

#include <gtest/gtest.h>

#include "support/inline_executor.h"
#include "support/memory_meta_store.h"

namespace lapis::storage {
namespace {

constexpr PathId kFlash{1};
constexpr PathId kDisk{2};

class HeatRows : public testing::Test {
 protected:
  template <class Change>
  void change(Change&& change) {
    Transaction fn = [&](MetaView& view) -> Result<void> { return change(view); };
    const Result<void> done = executor_.run_task(meta_.transact({}, std::move(fn)));
    EXPECT_TRUE(done.has_value());
  }
  void put(std::uint64_t chunk, HeatRow row) {
    change([&](MetaView& view) -> Result<void> {
      put_heat(view, ChunkId{chunk}, row);
      return {};
    });
  }
  // The chunks of a path in the order of the index.
  std::vector<std::uint64_t> order(PathId path) {
    std::vector<std::uint64_t> ids;
    const auto snapshot = meta_.snapshot();
    const auto cursor = snapshot->scan(cold_begin(path), cold_end(path));
    for (; cursor->valid(); cursor->next()) {
      const auto chunk = decode_cold_key(cursor->key());
      EXPECT_TRUE(chunk && chunk->path == path);
      ids.push_back(chunk->id.value);
    }
    return ids;
  }

  test::InlineExecutor executor_;
  test::MemoryMetaStore meta_;
};

TEST_F(HeatRows, TheColdestComeFirstAndWhoAskedBeforeAll) {
  put(5, {100, HeatRank::kNormal, {kFlash}});
  put(4, {99, HeatRank::kNormal, {kFlash}});
  put(3, {500, HeatRank::kAskedDown, {kFlash}});
  put(2, {100, HeatRank::kNormal, {kFlash}});
  put(1, {1, HeatRank::kNormal, {kDisk}});
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{3, 4, 2, 5}));
  EXPECT_EQ(order(kDisk), (std::vector<std::uint64_t>{1}));
}

TEST_F(HeatRows, UseMovesAChunkBackAndNeverForward) {
  put(1, {10, HeatRank::kNormal, {kFlash}});
  put(2, {20, HeatRank::kNormal, {kFlash}});
  change([](MetaView& view) { return warm(view, ChunkId{1}, 30); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{2, 1}));
  change([](MetaView& view) { return warm(view, ChunkId{1}, 5); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{2, 1}));
}

TEST_F(HeatRows, TheIndexFollowsMovesAndEnds) {
  put(1, {10, HeatRank::kNormal, {kFlash}});
  put(2, {10, HeatRank::kNormal, {kFlash}});
  change([](MetaView& view) { return move_heat(view, ChunkId{1}, kFlash, kDisk); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(order(kDisk), (std::vector<std::uint64_t>{1}));
  put(0x100, {9, HeatRank::kNormal, {kFlash}});
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{0x100, 2}));
  change([](MetaView& view) { return erase_heat(view, ChunkId{2}); });
  change([](MetaView& view) { return erase_heat(view, ChunkId{2}); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{0x100}));
}

TEST_F(HeatRows, ARankComesBeforeEveryHourAndSurvivesUse) {
  put(1, {10, HeatRank::kNormal, {kFlash}});
  put(2, {20, HeatRank::kNormal, {kFlash}});
  change([](MetaView& view) { return rank_heat(view, ChunkId{2}, HeatRank::kAskedDown); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{2, 1}));
  change([](MetaView& view) { return warm(view, ChunkId{2}, 30); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{2, 1}));
  change([](MetaView& view) { return rank_heat(view, ChunkId{2}, HeatRank::kNormal); });
  EXPECT_EQ(order(kFlash), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(HeatRows, WhatHasNoRowIsPassedOver) {
  change([](MetaView& view) { return warm(view, ChunkId{7}, 30); });
  change([](MetaView& view) { return rank_heat(view, ChunkId{7}, HeatRank::kAskedDown); });
  change([](MetaView& view) { return move_heat(view, ChunkId{7}, kFlash, kDisk); });
  EXPECT_TRUE(order(kFlash).empty());
  EXPECT_TRUE(order(kDisk).empty());
}

// The example of docs/formats.md.
TEST(HeatRow, IsTheBytesThatAreDocumented) {
  EXPECT_EQ(encode(HeatRow{498'236, HeatRank::kNormal, {PathId{1}}}),
            std::string_view("\x08\xbc\xb4\x1e\x10\x01\x1a\x01\x01", 9));
  EXPECT_EQ(heat_key(ChunkId{7}), std::string_view("\x14\0\0\0\0\0\0\0\x07", 9));
  EXPECT_EQ(cold_key({ChunkId{7}, PathId{1}, 498'236, HeatRank::kNormal}),
            std::string_view("\x15\0\0\0\x01\x01\x00\x07\x9a\x3c\0\0\0\0\0\0\0\x07", 18));
}

TEST(HeatRow, IsReadAsItWasWritten) {
  const HeatRow row{123'456, HeatRank::kAskedDown, {kFlash, kDisk}};
  EXPECT_EQ(decode_heat_row(encode(row)), row);
  EXPECT_FALSE(decode_heat_row("\x10\x07"));  // no such rank
  EXPECT_FALSE(decode_heat_row("\xff"));
  EXPECT_FALSE(decode_cold_key("short"));
  EXPECT_EQ(hour_of(Timestamp{std::chrono::hours(3) + std::chrono::minutes(59)}), 3u);
}

}  // namespace
}  // namespace lapis::storage
