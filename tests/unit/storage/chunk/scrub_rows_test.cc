#include "storage/chunk/scrub_rows.h"

#include <gtest/gtest.h>

#include "storage/chunk/keys.h"
#include "support/golden.h"

namespace lapis::storage {
namespace {

Timestamp at(std::int64_t ticks) { return Timestamp(Ticks(ticks)); }

DamageRow a_damage() {
  return {at(17),
          DamageFinder::kRead,
          {PathId{1}, ExtentId{2}, 3, 4096},
          {{16'384, 16'384}, {49'152, 100}},
          ChunkOwner{ContainerId{258}, 0x1122334455667788},
          "seen"};
}

ScrubRow a_position() {
  ScrubRow row;
  row.running = ScrubPass{at(1000), std::nullopt, 5, 6, 1, 2};
  row.last = ScrubPass{at(10), at(20), 7, 8, 0, 0};
  row.next_chunk = ChunkId{42};
  row.at_full_rate = true;
  return row;
}

test::Goldens goldens() {
  return {{"chunk/damage_row", encode(a_damage())},
          {"chunk/scrub_row", encode(a_position())},
          {"chunk/scrub_keys",
           test::key_lines({{"damage", damage_key(ChunkId{7})}, {"scrub", scrub_key()}})}};
}

TEST(ScrubGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(ScrubGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(ScrubGolden, DamageRowIsRead) {
  const auto row = decode_damage_row(test::read_golden("chunk/damage_row"));
  ASSERT_TRUE(row) << to_string(row.error());
  const DamageRow expected = a_damage();
  EXPECT_EQ(row->found, expected.found);
  EXPECT_EQ(row->finder, DamageFinder::kRead);
  EXPECT_EQ(row->place, expected.place);
  EXPECT_EQ(row->bad, expected.bad);
  ASSERT_TRUE(row->owner);
  EXPECT_EQ(row->owner->container, ContainerId{258});
  EXPECT_EQ(row->owner->tag, 0x1122334455667788u);
  EXPECT_EQ(row->seen, "seen");
}

TEST(ScrubGolden, PositionIsRead) {
  const auto row = decode_scrub_row(test::read_golden("chunk/scrub_row"));
  ASSERT_TRUE(row) << to_string(row.error());
  ASSERT_TRUE(row->running && row->last);
  EXPECT_EQ(row->running->started, at(1000));
  EXPECT_FALSE(row->running->completed);
  EXPECT_EQ(row->running->chunks, 5u);
  EXPECT_EQ(row->running->bytes, 6u);
  EXPECT_EQ(row->running->damaged, 1u);
  EXPECT_EQ(row->running->skipped, 2u);
  EXPECT_EQ(row->last->completed, at(20));
  EXPECT_EQ(row->next_chunk, ChunkId{42});
  EXPECT_TRUE(row->at_full_rate);
}

TEST(ScrubRows, WithoutOwnerAndRangesComeBack) {
  DamageRow row = a_damage();
  row.owner.reset();
  row.bad.clear();
  row.finder = DamageFinder::kScrub;
  const auto decoded = decode_damage_row(encode(row));
  ASSERT_TRUE(decoded);
  EXPECT_FALSE(decoded->owner);
  EXPECT_TRUE(decoded->bad.empty());
  EXPECT_EQ(decoded->finder, DamageFinder::kScrub);
  const auto position = decode_scrub_row(encode(ScrubRow{}));
  ASSERT_TRUE(position);
  EXPECT_FALSE(position->running || position->last || position->at_full_rate);
}

struct OddRanges {
  const char* name;
  std::vector<ChunkRange> bad;
};

class OddDamage : public testing::TestWithParam<OddRanges> {};

TEST_P(OddDamage, IsRefused) {
  DamageRow row = a_damage();
  row.bad = GetParam().bad;
  EXPECT_FALSE(decode_damage_row(encode(row)));
}

INSTANTIATE_TEST_SUITE_P(Ranges, OddDamage,
                         testing::Values(OddRanges{"Empty", {{5, 0}}},
                                         OddRanges{"BeyondAChunk", {{0, kMaxChunkLength + 1}}},
                                         OddRanges{"BeginsBehindIt", {{kMaxChunkLength, 1}}},
                                         OddRanges{"Overlap", {{0, 10}, {9, 1}}},
                                         OddRanges{"Descend", {{10, 1}, {0, 1}}}),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace lapis::storage
