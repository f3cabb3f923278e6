#include "lapis/io/shard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/test_shard.h"

namespace lapis::io {
namespace {

using test::run_on;
using test::TestShard;

TEST(Shard, RunReturnsTheTasksValue) {
  TestShard shard;
  EXPECT_EQ(run_on(shard, []() -> Task<int> { co_return 42; }), 42);
}

TEST(Shard, RunsTasksOnItsOwnThread) {
  TestShard shard(ShardOptions{.index = 3});
  Shard* seen = nullptr;
  Executor* executor = nullptr;
  run_on(shard, [&]() -> Task<void> {
    seen = Shard::current();
    executor = Executor::current();
    co_return;
  });
  EXPECT_EQ(seen, &*shard);
  EXPECT_EQ(executor, &*shard);
  EXPECT_EQ(seen->index(), 3u);
  EXPECT_EQ(Shard::current(), nullptr);
  EXPECT_EQ(Executor::current(), nullptr);
}

TEST(Shard, RunPassesExceptionsOn) {
  TestShard shard;
  const auto task = []() -> Task<void> {
    throw std::runtime_error("lost");
    co_return;
  };
  EXPECT_THROW(run_on(shard, task), std::runtime_error);
  EXPECT_EQ(run_on(shard, []() -> Task<int> { co_return 1; }), 1);
}

TEST(Shard, PostKeepsTheOrderOfOneThread) {
  TestShard shard;
  std::vector<int> seen;
  std::promise<void> done;
  for (int i = 0; i < 1000; ++i) shard->post([&seen, i] { seen.push_back(i); });
  shard->post([&done] { done.set_value(); });
  done.get_future().wait();
  ASSERT_EQ(seen.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(Shard, RunsEveryPostFromFourThreads) {
  constexpr int kThreads = 4;
  constexpr int kPosts = 20'000;
  TestShard shard;
  int count = 0;  // touched on the shard only
  std::promise<void> done;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kPosts; ++i) {
        shard->post([&] {
          if (++count == kThreads * kPosts) done.set_value();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  EXPECT_EQ(count, kThreads * kPosts);
}

// Each round trip finds the shard asleep or about to sleep, and nothing else wakes it: a lost
// wake-up would hang here.
TEST(Shard, WakesForEachOfManyLonelyPosts) {
  TestShard shard;
  for (int i = 0; i < 5'000; ++i) {
    std::promise<void> done;
    std::future<void> future = done.get_future();
    shard->post([&done] { done.set_value(); });
    ASSERT_EQ(future.wait_for(std::chrono::seconds(30)), std::future_status::ready) << i;
  }
}

TEST(Shard, PostFromItsOwnThreadRunsAfterTheCurrentWork) {
  TestShard shard;
  std::vector<int> order;
  std::promise<void> done;
  shard->post([&] {
    shard->post([&] {
      order.push_back(2);
      done.set_value();
    });
    order.push_back(1);
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Shard, SleepLastsAtLeastItsDelay) {
  TestShard shard;
  const SystemClock clock;
  const Instant before = clock.instant();
  run_on(shard, [&]() -> Task<void> { co_await shard->sleep(std::chrono::milliseconds(20)); });
  EXPECT_GE(clock.instant() - before, std::chrono::milliseconds(20));
}

TEST(Shard, RefusesThoseWhoWaitTooLongForABuffer) {
  TestShard shard(ShardOptions{.buffer_budget_bytes = BufferPool::kLarge,
                               .buffer_wait = std::chrono::milliseconds(20)});
  const auto body = [&]() -> Task<Result<void>> {
    LAPIS_CO_TRY(const Buffer all, co_await shard->buffers().acquire(BufferPool::kLarge));
    LAPIS_CO_TRY(const Buffer more, co_await shard->buffers().acquire(1));
    co_return Result<void>{};
  };
  const Result<void> outcome = run_on(shard, body);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kServerBusy);
}

TEST(Shard, StopIsIdempotentAndDestroysLaterPostsUnrun) {
  TestShard shard;
  shard->stop();
  shard->stop();
  bool ran = false;
  auto witness = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = witness;
  shard->post([&ran, held = std::move(witness)] { ran = held != nullptr; });
  EXPECT_FALSE(ran);
  EXPECT_TRUE(watch.expired());
}

TEST(Shard, RunAfterStopFailsInsteadOfHanging) {
  TestShard shard;
  shard->stop();
  EXPECT_THROW(run_on(shard, []() -> Task<void> { co_return; }), std::future_error);
}

TEST(Shard, ClosesItsTasksBeforeItStops) {
  TestShard shard;
  int ended = 0;
  const auto sleeper = [&]() -> Task<void> {
    co_await shard->sleep(std::chrono::milliseconds(5));
    ++ended;
  };
  run_on(shard, [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) shard->tasks().spawn(sleeper());
    co_await shard->tasks().close();
  });
  EXPECT_EQ(ended, 10);
}

TEST(Shard, StartsAndStopsManyTimes) {
  for (unsigned i = 0; i < 30; ++i) {
    TestShard shard(ShardOptions{.index = i, .background = i % 2 == 1});
    EXPECT_EQ(run_on(shard, [&]() -> Task<unsigned> { co_return shard->index(); }), i);
  }
}

}  // namespace
}  // namespace lapis::io
