#include "lapis/io/blocking_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "lapis/io/task_group.h"
#include "support/inline_executor.h"
#include "support/test_shard.h"

namespace lapis::io {
namespace {

using test::InlineExecutor;
using test::run_on;
using test::TestShard;

TEST(BlockingPool, RunsElsewhereAndResumesAtHome) {
  BlockingPool pool(2, 100);
  TestShard shard;
  Shard* during = &*shard;
  Shard* after = nullptr;
  const auto body = [&]() -> Task<Result<int>> {
    const auto job = [&]() -> Result<int> {
      during = Shard::current();
      return 5;
    };
    Result<int> value = co_await pool.run(job);
    after = Shard::current();
    co_return value;
  };
  EXPECT_EQ(run_on(shard, body).value(), 5);
  EXPECT_EQ(during, nullptr);
  EXPECT_EQ(after, &*shard);
}

TEST(BlockingPool, PassesExceptionsOn) {
  BlockingPool pool(1, 100);
  InlineExecutor executor;
  const auto thrower = []() -> Result<int> { throw std::runtime_error("inside"); };
  EXPECT_THROW(executor.run_task(pool.run(thrower)), std::runtime_error);
}

TEST(BlockingPool, AFullQueueIsServerBusy) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> occupied;
  InlineExecutor executor;
  BlockingPool pool(1, 2);
  ASSERT_TRUE(pool.submit([&] {
    occupied.set_value();
    released.wait();
  }));
  occupied.get_future().wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  const auto job = []() -> Result<int> { return 1; };
  const Result<int> refused = executor.run_task(pool.run(job));
  release.set_value();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
}

TEST(BlockingPool, FinishesWhatIsQueuedBeforeItGoes) {
  std::atomic<int> ran = 0;
  {
    BlockingPool pool(2, 1000);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.submit([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(BlockingPool, ServesManyCoroutinesOfAShard) {
  BlockingPool pool(3, 10'000);
  TestShard shard;
  int sum = 0;
  const auto one = [&](int i) -> Task<void> {
    const auto job = [i]() -> Result<int> { return i; };
    const Result<int> value = co_await pool.run(job);
    sum += value.value();
  };
  const auto all = [&]() -> Task<void> {
    TaskGroup group;
    for (int i = 1; i <= 1000; ++i) group.spawn(one(i));
    co_await group.close();
  };
  run_on(shard, all);
  EXPECT_EQ(sum, 500'500);
}

}  // namespace
}  // namespace lapis::io
