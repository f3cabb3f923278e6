#include "lapis/base/clock.h"

#include <gtest/gtest.h>

#include "lapis/base/date.h"
#include "support/manual_clock.h"

namespace lapis {
namespace {

using std::chrono::seconds;

TEST(SystemClock, WallTimeLiesBetweenTwoReadingsOfTheMachine) {
  const auto before = std::chrono::floor<Ticks>(std::chrono::system_clock::now());
  const Timestamp now = SystemClock{}.now();
  const auto after = std::chrono::system_clock::now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  Instant last = clock.instant();
  for (int i = 0; i < 1000; ++i) {
    const Instant next = clock.instant();
    ASSERT_LE(last, next);
    last = next;
  }
}

TEST(ManualClock, StandsStillUntilAdvanced) {
  test::ManualClock clock;
  const Timestamp now = clock.now();
  const Instant instant = clock.instant();
  EXPECT_EQ(clock.now(), now);
  clock.advance(seconds(90));
  EXPECT_EQ(clock.now() - now, seconds(90));
  EXPECT_EQ(clock.instant() - instant, seconds(90));
}

TEST(ManualClock, SetMovesOnlyTheWallClock) {
  test::ManualClock clock;
  const Instant instant = clock.instant();
  const Timestamp past = parse_iso8601("1999-12-31").value();
  clock.set(past);
  EXPECT_EQ(clock.now(), past);
  EXPECT_EQ(clock.instant(), instant);
}

TEST(ManualClock, StartsWhereItSays) {
  EXPECT_EQ(format_iso8601(test::ManualClock{}.now()), "2026-01-02T03:04:05.0000000Z");
}

}  // namespace
}  // namespace lapis
