#include "lapis/blob/recent_reads.h"

#include <gtest/gtest.h>

#include <string>

#include "support/manual_clock.h"

namespace lapis::blob {
namespace {

using namespace std::chrono_literals;

std::uint64_t blob(int i) { return hash_of(ContainerId{7}, "blob" + std::to_string(i)); }

TEST(RecentReads, WhatWasReadBeforeCountsAsReadAtTheBeginning) {
  test::ManualClock clock;
  const RecentReads reads(clock.instant());
  EXPECT_EQ(reads.idle(blob(1), clock.instant()), 0s);
  clock.advance(90s);
  EXPECT_EQ(reads.idle(blob(1), clock.instant()), 90s);
}

TEST(RecentReads, TheLastReadCounts) {
  test::ManualClock clock;
  RecentReads reads(clock.instant());
  clock.advance(100s);
  reads.note(blob(1), clock.instant());
  clock.advance(30s);
  reads.note(blob(1), clock.instant());
  reads.note(blob(1), clock.instant() - 20s);  // a shard whose clock was looked at earlier
  clock.advance(5s);
  EXPECT_EQ(reads.idle(blob(1), clock.instant()), 5s);
  EXPECT_EQ(reads.idle(blob(2), clock.instant()), 135s);
}

TEST(RecentReads, ManyOthersMakeFewLookYounger) {
  test::ManualClock clock;
  RecentReads reads(clock.instant());
  clock.advance(1h);
  for (int i = 0; i < 100'000; ++i) reads.note(blob(i), clock.instant());
  int younger = 0;
  for (int i = 100'000; i < 200'000; ++i) {
    younger += reads.idle(blob(i), clock.instant()) < 1h ? 1 : 0;
  }
  EXPECT_LT(younger, 6'000);  // by chance 3 %: both places taken
  EXPECT_EQ(reads.idle(blob(5), clock.instant()), 0s);
}

TEST(RecentReads, ABlobIsItsContainersAndName) {
  EXPECT_EQ(hash_of(ContainerId{7}, "a"), hash_of(ContainerId{7}, "a"));
  EXPECT_NE(hash_of(ContainerId{7}, "a"), hash_of(ContainerId{8}, "a"));
  EXPECT_NE(hash_of(ContainerId{7}, "a"), hash_of(ContainerId{7}, "b"));
}

}  // namespace
}  // namespace lapis::blob
