#include "tier/demotion.h"

#include <gtest/gtest.h>

namespace lapis::tier {
namespace {

constexpr std::uint64_t kGib = 1ull << 30;

PoolUsage usage(std::uint64_t used, std::uint64_t live, bool accounted = true) {
  return {.size_bytes = 10 * kGib,
          .used_bytes = used * kGib,
          .live_bytes = live * kGib,
          .accounted = accounted,
          .paths = {}};
}

struct Case {
  const char* name;
  PoolUsage usage;
  bool was_demoting;
  bool demoting;
  std::uint64_t left_gib;
};

class DemotionNeedOf : public testing::TestWithParam<Case> {};

// High at 8 GiB, low at 6.
TEST_P(DemotionNeedOf, Pool) {
  const Case& c = GetParam();
  const Watermarks marks = watermarks_of(c.usage, 0.8, 0.6);
  const DemotionNeed need = demotion_need(c.usage, marks, c.was_demoting);
  EXPECT_EQ(need.demoting, c.demoting);
  EXPECT_EQ(need.left_bytes, c.left_gib * kGib);
}

INSTANTIATE_TEST_SUITE_P(
    Uses, DemotionNeedOf,
    testing::Values(Case{"Empty", usage(0, 0), false, false, 0},
                    Case{"NearTheHighMark", usage(8, 8), false, true, 2},
                    Case{"AboveIt", usage(9, 9), false, true, 3},
                    Case{"BetweenOnTheWayUp", usage(7, 7), false, false, 0},
                    Case{"BetweenOnTheWayDown", usage(7, 7), true, true, 1},
                    Case{"BelowTheLowMark", usage(6, 6), true, false, 0},
                    // What died needs no moving down.
                    Case{"FullOfTheDead", usage(9, 5), false, false, 0},
                    Case{"FullOfTheDeadOnTheWayDown", usage(9, 5), true, false, 0},
                    Case{"NotYetCounted", usage(9, 9, false), false, false, 0}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Watermarks, StartBelowWhereNewBytesStop) {
  PoolUsage pool = usage(5, 5);
  EXPECT_EQ(watermarks_of(pool, 0.8, 0.6).start_bytes, 15 * kGib / 2);
  pool.paths.resize(2);
  for (storage::PathStats& path : pool.paths) path.extent_bytes = kGib / 8;
  EXPECT_EQ(watermarks_of(pool, 0.8, 0.6).start_bytes, 13 * kGib / 2);
  for (storage::PathStats& path : pool.paths) path.extent_bytes = kGib;
  EXPECT_EQ(watermarks_of(pool, 0.8, 0.6).start_bytes, 6 * kGib);  // and not below the low one
}

TEST(PoolUsage, SumsThePathsOfThePool) {
  storage::PathStats path;
  path.pool = "flash";
  path.extent_bytes = 100;
  path.extents_open = 1;
  path.extents_sealed = 3;
  path.extents_free = 2;
  path.extents_dead = 1;
  path.free_bytes = 200;
  path.available_bytes = 400;
  path.live_bytes = 250;
  path.accounted = true;
  storage::PathStats other = path;
  other.pool = "disk";
  storage::PathStats uncounted = path;
  uncounted.accounted = false;
  const PoolUsage usage = usage_of("flash", {path, other, uncounted});
  EXPECT_EQ(usage.size_bytes, 2000u);
  EXPECT_EQ(usage.used_bytes, 800u);
  EXPECT_EQ(usage.live_bytes, 500u);
  EXPECT_EQ(usage.dead_extents, 2u);
  EXPECT_FALSE(usage.accounted);
  EXPECT_EQ(usage.paths.size(), 2u);
  EXPECT_EQ(usage_of("none", {path}).size_bytes, 0u);
}

}  // namespace
}  // namespace lapis::tier
