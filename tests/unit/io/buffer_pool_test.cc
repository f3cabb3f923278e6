#include "lapis/io/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lapis/io/file.h"
#include "lapis/io/task_group.h"
#include "support/inline_executor.h"
#include "support/manual_clock.h"

namespace lapis::io {
namespace {

constexpr std::size_t kSmall = BufferPool::kSmall;
constexpr std::size_t kLarge = BufferPool::kLarge;
constexpr std::chrono::milliseconds kMaxWait{1000};

// A pool of two large buffers and the coroutines that want some of it. Each is a letter; `log_`
// tells who got a buffer (upper case: who was refused).
class BufferPoolTest : public testing::Test {
 protected:
  void want(char who, std::size_t size) {
    executor_.post([this, who, size] { group_.spawn(take(who, size)); });
    executor_.run_pending();
  }

  Task<void> take(char who, std::size_t size) {
    Result<Buffer> buffer = co_await pool_.acquire(size);
    log_ += static_cast<char>(buffer ? who : std::toupper(who));
    if (buffer) held_[who] = *std::move(buffer);
  }

  void give_back(char who) {
    held_.erase(who);
    executor_.run_pending();
  }

  void pass(std::chrono::milliseconds time) {
    clock_.advance(time);
    pool_.expire_waiters();
    executor_.run_pending();
  }

  test::ManualClock clock_;
  test::InlineExecutor executor_;
  BufferPool pool_{2 * kLarge, kMaxWait, clock_};
  TaskGroup group_;
  std::map<char, Buffer> held_;
  std::string log_;
};

TEST_F(BufferPoolTest, CountsWhatItDoes) {
  want('a', kLarge);
  want('b', kSmall);
  EXPECT_EQ(pool_.stats().used_bytes, kLarge + kSmall);
  EXPECT_EQ(pool_.stats().budget_bytes, 2 * kLarge);
  want('c', kLarge);
  want('d', kLarge);
  EXPECT_EQ(pool_.stats().waiting, 2u);
  give_back('a');
  EXPECT_EQ(pool_.stats().waiting, 1u);
  pass(kMaxWait);
  BufferPoolStats stats = pool_.stats();
  EXPECT_EQ(stats.waiting, 0u);
  EXPECT_EQ(stats.waits, 2u);
  EXPECT_EQ(stats.refused, 1u);
  held_.clear();
  stats = pool_.stats();
  EXPECT_EQ(stats.used_bytes, 0u);
  EXPECT_EQ(stats.idle_bytes, kLarge + kSmall);
}

TEST_F(BufferPoolTest, GivesTheClassThatFits) {
  const struct {
    std::size_t wanted;
    std::size_t size;
  } cases[] = {{0, kSmall}, {1, kSmall}, {kSmall, kSmall}, {kSmall + 1, kLarge}, {kLarge, kLarge}};
  for (const auto& c : cases) {
    const Buffer buffer = pool_.try_acquire(c.wanted);
    ASSERT_TRUE(buffer);
    EXPECT_EQ(buffer.size(), c.size) << c.wanted;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kIoAlignment, 0u);
    EXPECT_EQ(pool_.bytes_in_use(), c.size);
  }
  EXPECT_EQ(pool_.bytes_in_use(), 0u);
}

TEST_F(BufferPoolTest, NeverGivesMoreThanItsBudget) {
  std::vector<Buffer> out;
  while (Buffer buffer = pool_.try_acquire(kSmall)) out.push_back(std::move(buffer));
  EXPECT_EQ(out.size(), 2 * kLarge / kSmall);
  EXPECT_EQ(pool_.bytes_in_use(), 2 * kLarge);
}

TEST_F(BufferPoolTest, IdleBuffersOfTheOtherClassGiveWay) {
  {
    std::vector<Buffer> small;
    while (Buffer buffer = pool_.try_acquire(kSmall)) small.push_back(std::move(buffer));
  }
  const Buffer first = pool_.try_acquire(kLarge);
  const Buffer second = pool_.try_acquire(kLarge);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(pool_.try_acquire(kSmall));
}

TEST_F(BufferPoolTest, ReusesWhatIsGivenBack) {
  const std::byte* address = pool_.try_acquire(kLarge).data();
  EXPECT_EQ(pool_.try_acquire(kLarge).data(), address);
}

TEST_F(BufferPoolTest, AMovedBufferIsGivenBackOnce) {
  Buffer first = pool_.try_acquire(kLarge);
  Buffer second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(pool_.bytes_in_use(), kLarge);
  first = std::move(second);
  EXPECT_EQ(pool_.bytes_in_use(), kLarge);
  first = Buffer();
  EXPECT_EQ(pool_.bytes_in_use(), 0u);
}

TEST_F(BufferPoolTest, ServesWaitersInOrder) {
  want('a', kLarge);
  want('b', kLarge);
  want('c', kLarge);
  want('d', kSmall);
  EXPECT_EQ(log_, "ab");
  give_back('b');
  EXPECT_EQ(log_, "abc");
  give_back('a');
  EXPECT_EQ(log_, "abcd");
}

TEST_F(BufferPoolTest, ALargeWaiterIsNotStarvedBySmallOnes) {
  want('a', kLarge);
  want('s', kSmall);
  want('b', kLarge);  // does not fit beside the small one
  want('t', kSmall);  // would fit, but came later
  EXPECT_EQ(log_, "as");
  EXPECT_FALSE(pool_.try_acquire(kSmall)) << "those who wait came first";
  give_back('s');
  EXPECT_EQ(log_, "asb");
  give_back('a');
  EXPECT_EQ(log_, "asbt");
}

TEST_F(BufferPoolTest, OneGivenBackMayServeSeveral) {
  want('a', kLarge);
  want('b', kLarge);
  want('s', kSmall);
  want('t', kSmall);
  give_back('a');
  EXPECT_EQ(log_, "abst");
}

TEST_F(BufferPoolTest, WaitersPastTheirTimeAreRefused) {
  want('a', kLarge);
  want('b', kLarge);
  want('c', kLarge);
  pass(std::chrono::milliseconds(600));
  want('d', kLarge);
  pass(std::chrono::milliseconds(399));
  EXPECT_EQ(log_, "ab");
  pass(std::chrono::milliseconds(1));
  EXPECT_EQ(log_, "abC");
  give_back('a');
  EXPECT_EQ(log_, "abCd");
}

TEST_F(BufferPoolTest, AnExpiredLargeWaiterLetsSmallOnesBy) {
  want('a', kLarge);
  want('s', kSmall);
  want('b', kLarge);
  pass(std::chrono::milliseconds(500));
  want('t', kSmall);
  EXPECT_EQ(log_, "as");
  pass(std::chrono::milliseconds(500));
  EXPECT_EQ(log_, "asBt");
}

TEST_F(BufferPoolTest, RefusesAtOnceWhatCanNeverFit) {
  BufferPool tiny(kSmall, kMaxWait, clock_);
  const Result<Buffer> refused = executor_.run_task(tiny.acquire(kLarge));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  EXPECT_TRUE(executor_.run_task(tiny.acquire(kSmall)));
}

TEST(BufferPoolDeathTest, MustHaveItsBuffersBack) {
  const test::ManualClock clock;
  EXPECT_DEATH(
      {
        auto pool = std::make_unique<BufferPool>(kLarge, kMaxWait, clock);
        const Buffer kept = pool->try_acquire(1);
        pool.reset();
      },
      "in_use == 0");
}

}  // namespace
}  // namespace lapis::io
