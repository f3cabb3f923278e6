#include "lapis/io/started.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "support/gate.h"
#include "support/inline_executor.h"

namespace lapis::io {
namespace {

using test::Gate;
using test::InlineExecutor;

class StartedTest : public testing::Test {
 protected:
  Task<int> number(int value, Gate& gate) {
    order_ += "s";
    co_await gate;
    order_ += "e";
    co_return value;
  }

  std::string order_;
  Gate gate_;
};

TEST_F(StartedTest, RunsToItsFirstSuspensionAtOnce) {
  Started<int> started(number(1, gate_));
  EXPECT_EQ(order_, "s");
  EXPECT_FALSE(started.done());
  gate_.open();
  EXPECT_TRUE(started.done());
  const auto join = [&]() -> Task<int> { co_return co_await started.join(); };
  EXPECT_EQ(InlineExecutor().run_task(join()), 1);
  EXPECT_FALSE(started.pending());
}

TEST_F(StartedTest, JoinWaitsForTheEnd) {
  const auto body = [&]() -> Task<int> {
    Started<int> started(number(5, gate_));
    order_ += "j";
    const int value = co_await started.join();
    order_ += "r";
    co_return value;
  };
  Started<int> outer(body());
  EXPECT_EQ(order_, "sj");
  gate_.open();
  EXPECT_EQ(order_, "sjer");
  const auto join = [&]() -> Task<int> { co_return co_await outer.join(); };
  EXPECT_EQ(InlineExecutor().run_task(join()), 5);
}

TEST_F(StartedTest, SeveralOverlapAndAreJoinedInAnyOrder) {
  Gate other;
  const auto body = [&]() -> Task<int> {
    Started<int> first(number(1, gate_));
    Started<int> second(number(2, other));
    const int b = co_await second.join();
    const int a = co_await first.join();
    co_return a * 10 + b;
  };
  Started<int> outer(body());
  EXPECT_EQ(order_, "ss");
  gate_.open();
  EXPECT_FALSE(outer.done());
  other.open();
  EXPECT_TRUE(outer.done());
  const auto join = [&]() -> Task<int> { co_return co_await outer.join(); };
  EXPECT_EQ(InlineExecutor().run_task(join()), 12);
}

TEST_F(StartedTest, JoinRethrows) {
  const auto thrower = []() -> Task<void> {
    throw std::runtime_error("late");
    co_return;
  };
  Started<void> started(thrower());
  const auto join = [&]() -> Task<void> { co_await started.join(); };
  EXPECT_THROW(InlineExecutor().run_task(join()), std::runtime_error);
}

TEST_F(StartedTest, CanBeUsedAgainAfterJoin) {
  gate_.open();
  const auto body = [&]() -> Task<int> {
    Started<int> started;
    int sum = 0;
    for (int i = 1; i <= 3; ++i) {
      started = Started<int>(number(i, gate_));
      sum += co_await started.join();
    }
    co_return sum;
  };
  EXPECT_EQ(InlineExecutor().run_task(body()), 6);
}

TEST_F(StartedTest, OneThatNeverStartedNeedsNoJoin) {
  Started<int> nothing;
  EXPECT_FALSE(nothing.pending());
}

TEST(StartedDeathTest, MustBeJoinedBeforeItGoes) {
  const auto body = []() -> Task<void> { co_return; };
  EXPECT_DEATH({ Started<void> forgotten(body()); }, "pending");
}

}  // namespace
}  // namespace lapis::io
