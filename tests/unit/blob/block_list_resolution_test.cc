#include "blob/block_list_resolution.h"

#include <gtest/gtest.h>

namespace lapis::blob {
namespace {

constexpr auto kC = BlockSource::kCommitted;
constexpr auto kU = BlockSource::kUncommitted;
constexpr auto kL = BlockSource::kLatest;

Block block(const char* id, std::uint64_t chunk) {
  Block made;
  made.id.text = id;
  made.length = 1;
  made.chunks = {{ChunkId{chunk}, 1}};
  return made;
}

struct Lists {
  Lists() {
    staged.add(block("b", 2));
    staged.add(block("c", 3));
    committed.add(block("a", 11));
    committed.add(block("b", 12));
    committed.add(block("a", 99));  // a repeat
  }
  BlockIndex staged, committed;
};

struct Case {
  std::string name;
  std::vector<BlockListEntry> list;
  std::vector<std::uint64_t> chunks;  // empty with a list that is not: refused
  bool needs_committed;
};

TEST(BlockListResolution, FollowsTheElement) {
  const Case cases[] = {
      {"Nothing", {}, {}, false},
      {"Committed", {{kC, {"b"}}, {kC, {"a"}}}, {12, 11}, true},
      {"Uncommitted", {{kU, {"b"}}}, {2}, false},
      {"LatestStaged", {{kL, {"b"}}, {kL, {"c"}}}, {2, 3}, false},
      {"LatestCommitted", {{kL, {"a"}}}, {11}, true},
      {"Repeats", {{kL, {"a"}}, {kL, {"b"}}, {kL, {"a"}}}, {11, 2, 11}, true},
      {"StagedIsNotCommitted", {{kC, {"c"}}}, {}, true},
      {"CommittedIsNotStaged", {{kU, {"a"}}}, {}, false},
      {"Unknown", {{kL, {"b"}}, {kL, {"x"}}}, {}, true},
      {"TwoElements", {{kC, {"a"}}, {kL, {"a"}}}, {}, true},
  };
  const Lists lists;
  for (const Case& c : cases) {
    EXPECT_EQ(needs_committed(c.list, lists.staged), c.needs_committed) << c.name;
    const auto blocks = resolve_block_list(c.list, lists.staged, lists.committed);
    if (c.chunks.empty() && !c.list.empty()) {
      ASSERT_FALSE(blocks) << c.name;
      EXPECT_EQ(blocks.error().code, ErrorCode::kInvalidBlockList);
      continue;
    }
    ASSERT_TRUE(blocks) << c.name;
    std::vector<std::uint64_t> chunks;
    for (const Block* found : *blocks) chunks.push_back(found->chunks.at(0).id.value);
    EXPECT_EQ(chunks, c.chunks) << c.name;
  }
}

TEST(BlockListResolution, LeavesOverWhatIsNotNamed) {
  const Lists lists;
  const std::vector<BlockListEntry> list = {{kC, {"a"}}, {kU, {"c"}}};
  const auto chosen = resolve_block_list(list, lists.staged, lists.committed);
  const auto staged = left_over(lists.staged, *chosen);
  const auto committed = left_over(lists.committed, *chosen);
  ASSERT_EQ(staged.size(), 1u);
  EXPECT_EQ(staged[0].chunks.at(0).id, ChunkId{2});
  ASSERT_EQ(committed.size(), 1u);
  EXPECT_EQ(committed[0].chunks.at(0).id, ChunkId{12});
}

}  // namespace
}  // namespace lapis::blob
