#include "tier/rate.h"

#include <gtest/gtest.h>

namespace lapis::tier {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1000)};
constexpr std::uint64_t kMib = 1 << 20;

// Bytes that are let through within `time`, in pieces of a mebibyte.
std::uint64_t admitted(Rate& rate, Instant from, Instant::duration time) {
  std::uint64_t bytes = 0;
  for (Instant now = from; now < from + time;) {
    const auto wait = rate.admit(now, kMib);
    if (!wait) {
      bytes += kMib;
    } else {
      now += *wait;
    }
    if (bytes > 1ull << 40) break;
  }
  return bytes;
}

TEST(Rate, KeepsToItsBudgetOfBytes) {
  Rate rate;
  rate.set_budget(100 * kMib, 0);
  const std::uint64_t bytes = admitted(rate, kStart, seconds(10));
  EXPECT_GE(bytes, 990 * kMib);
  EXPECT_LE(bytes, 1020 * kMib);
}

TEST(Rate, KeepsToItsBudgetOfOperations) {
  Rate rate;
  rate.set_budget(0, 100);  // a piece is read and written
  const std::uint64_t bytes = admitted(rate, kStart, seconds(10));
  EXPECT_GE(bytes, 490 * kMib);
  EXPECT_LE(bytes, 510 * kMib);
}

TEST(Rate, SavesNothingUpWhileNothingMoves) {
  Rate rate;
  rate.set_budget(100 * kMib, 0);
  EXPECT_LE(admitted(rate, kStart + std::chrono::hours(1), milliseconds(100)), 20 * kMib);
}

// A second of requests that each wait `each`.
class Requests {
 public:
  void pass(Rate& rate, std::chrono::nanoseconds each, bool moving, int windows = 10) {
    for (int i = 0; i < windows; ++i) {
      waits_.operations += 100;
      waits_.nanoseconds += static_cast<std::uint64_t>(100 * each.count());
      now_ += milliseconds(100);
      rate.observe(now_, waits_, moving);
    }
  }
  void nobody(Rate& rate, int windows) {
    for (int i = 0; i < windows; ++i) {
      now_ += milliseconds(100);
      rate.observe(now_, waits_, true);
    }
  }

 private:
  storage::DiskWaits waits_;
  Instant now_ = kStart;
};

TEST(Rate, MakesWayWhenRequestsWaitLonger) {
  Rate rate;
  rate.set_budget(0, 0);
  Requests requests;
  requests.pass(rate, milliseconds(2), false);
  EXPECT_EQ(rate.limit(), Rate::kMost);
  requests.pass(rate, milliseconds(3), true);  // not much longer
  EXPECT_EQ(rate.limit(), Rate::kMost);
  requests.pass(rate, milliseconds(20), true, 1);
  EXPECT_LT(rate.limit(), Rate::kMost / 8);
  requests.pass(rate, milliseconds(20), true, 50);
  EXPECT_EQ(rate.limit(), Rate::kLeast);  // and not less
}

TEST(Rate, ComesBackWhenRequestsAreQuickOrGone) {
  Rate rate;
  rate.set_budget(0, 0);
  Requests requests;
  requests.pass(rate, milliseconds(2), false);
  requests.pass(rate, milliseconds(20), true, 50);
  ASSERT_EQ(rate.limit(), Rate::kLeast);
  requests.pass(rate, milliseconds(2), true, 20);
  EXPECT_GT(rate.limit(), 4 * Rate::kLeast);
  requests.nobody(rate, 20);
  EXPECT_EQ(rate.limit(), Rate::kMost);
}

TEST(Rate, ABudgetBelowTheLeastIsKept) {
  Rate rate;
  rate.set_budget(kMib, 0);
  Requests requests;
  requests.pass(rate, milliseconds(2), false);
  requests.pass(rate, milliseconds(50), true, 50);
  EXPECT_EQ(rate.limit(), kMib);
}

}  // namespace
}  // namespace lapis::tier
