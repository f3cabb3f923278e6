#include "blob/block_map.h"

#include <gtest/gtest.h>

#include <deque>

namespace lapis::blob {
namespace {

// Blocks 0, 1, 2 … of ten bytes each, in `chunks` chunks.
std::deque<Block> make_blocks(std::size_t count, std::size_t chunks = 1) {
  std::deque<Block> blocks;
  for (std::size_t i = 0; i < count; ++i) {
    Block block;
    block.id.text = std::to_string(i);
    block.length = 10 * chunks;
    for (std::size_t c = 0; c < chunks; ++c)
      block.chunks.push_back({ChunkId{1 + i * chunks + c}, 10});
    blocks.push_back(std::move(block));
  }
  return blocks;
}

std::vector<const Block*> pointers(const std::deque<Block>& blocks) {
  std::vector<const Block*> list;
  for (const Block& block : blocks) list.push_back(&block);
  return list;
}

// The segments that a plan wrote, as a later commit reads them.
std::vector<OldSegment> as_old(const BlockMapPlan& plan) {
  std::vector<OldSegment> old;
  for (const auto& piece : plan.pieces) {
    old.push_back({SegmentId{100 + old.size()}, *decode_segment(piece.row)});
  }
  return old;
}

TEST(BlockMap, FewBlocksStandInTheRecord) {
  const auto blocks = make_blocks(kDirectBlocks);
  const auto plan = plan_block_map(pointers(blocks), {});
  EXPECT_EQ(plan.direct.size(), kDirectBlocks);
  EXPECT_TRUE(plan.pieces.empty());
  EXPECT_EQ(plan.length, 10 * kDirectBlocks);
}

TEST(BlockMap, ManyBlocksOrChunksAreCutIntoSegments) {
  struct Case {
    std::size_t blocks, chunks;
    std::vector<std::uint32_t> pieces;
  };
  const Case cases[] = {{kDirectBlocks + 1, 1, {33}}, {512, 1, {512}},      {513, 1, {512, 1}},
                        {1200, 1, {512, 512, 176}},   {20, 300, {7, 7, 6}}, {3, 3000, {1, 1, 1}}};
  for (const Case& c : cases) {
    const auto blocks = make_blocks(c.blocks, c.chunks);
    const auto plan = plan_block_map(pointers(blocks), {});
    EXPECT_TRUE(plan.direct.empty());
    std::vector<std::uint32_t> pieces;
    std::uint64_t length = 0;
    for (const auto& piece : plan.pieces) {
      pieces.push_back(piece.blocks);
      length += piece.length;
      EXPECT_EQ(decode_segment(piece.row)->blocks.size(), piece.blocks);
    }
    EXPECT_EQ(pieces, c.pieces);
    EXPECT_EQ(length, plan.length);
  }
}

TEST(BlockMap, KeepsFullSegmentsThatTheListRepeats) {
  const auto blocks = make_blocks(1200);
  const auto old = as_old(plan_block_map(pointers(blocks), {}));
  const auto plan = plan_block_map(pointers(blocks), old);
  ASSERT_EQ(plan.pieces.size(), 3u);
  EXPECT_EQ(plan.pieces[0].kept, SegmentId{100});
  EXPECT_EQ(plan.pieces[1].kept, SegmentId{101});
  EXPECT_FALSE(plan.pieces[2].kept) << "a short one is written anew, so that they never pile up";
  EXPECT_EQ(plan.length, 12'000u);
  EXPECT_EQ(emptied_segments(plan, old), std::vector<SegmentId>{SegmentId{102}});
}

TEST(BlockMap, KeepsASegmentBehindNewBlocks) {
  const auto blocks = make_blocks(1024);
  const auto old = as_old(plan_block_map(pointers(blocks), {}));
  Block fresh;
  fresh.id.text = "fresh";
  fresh.length = 1;
  fresh.bytes_row.value = 7;
  auto list = pointers(blocks);
  list.insert(list.begin(), &fresh);
  const auto plan = plan_block_map(list, old);
  ASSERT_EQ(plan.pieces.size(), 3u);
  EXPECT_EQ(plan.pieces[0].blocks, 1u);
  EXPECT_EQ(plan.pieces[1].kept, SegmentId{100});
  EXPECT_EQ(plan.pieces[2].kept, SegmentId{101});
}

TEST(BlockMap, KeepsNoSegmentThatDiffers) {
  const auto blocks = make_blocks(1024);
  const auto old = as_old(plan_block_map(pointers(blocks), {}));
  Block other = blocks[5];
  other.chunks[0].id.value = 9999;
  auto list = pointers(blocks);
  list[5] = &other;            // the same id, other bytes
  list.erase(list.end() - 1);  // and one fewer at the end
  const auto plan = plan_block_map(list, old);
  for (const auto& piece : plan.pieces) EXPECT_FALSE(piece.kept);
  EXPECT_EQ(emptied_segments(plan, old).size(), 2u);
}

TEST(BlockMap, KeepsASegmentOnceOnly) {
  const auto blocks = make_blocks(512);
  const auto old = as_old(plan_block_map(pointers(blocks), {}));
  auto list = pointers(blocks);
  list.insert(list.end(), list.begin(), list.begin() + 512);
  const auto plan = plan_block_map(list, old);
  ASSERT_EQ(plan.pieces.size(), 2u);
  EXPECT_TRUE(plan.pieces[0].kept);
  EXPECT_FALSE(plan.pieces[1].kept);
}

}  // namespace
}  // namespace lapis::blob
