#include "lapis/io/task_group.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "lapis/io/started.h"
#include "support/gate.h"
#include "support/inline_executor.h"

namespace lapis::io {
namespace {

using test::Gate;
using test::InlineExecutor;

Task<void> wait_at(Gate& gate) { co_await gate; }

Task<void> hold(std::shared_ptr<int>, Gate& gate) { co_await gate; }

TEST(TaskGroup, StartsATaskAtOnceAndForgetsItAtItsEnd) {
  TaskGroup group;
  Gate gate;
  EXPECT_TRUE(group.spawn(wait_at(gate)));
  EXPECT_EQ(group.size(), 1u);
  gate.open();
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, CloseCompletesAtOnceWhenEmpty) {
  TaskGroup group;
  InlineExecutor().run_task(group.close());
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, CloseWaitsForTheLastTask) {
  TaskGroup group;
  Gate first;
  Gate second;
  group.spawn(wait_at(first));
  group.spawn(wait_at(second));
  Started<void> closing(group.close());
  first.open();
  EXPECT_FALSE(closing.done());
  second.open();
  EXPECT_TRUE(closing.done());
  const auto join = [&]() -> Task<void> { co_await closing.join(); };
  InlineExecutor().run_task(join());
}

TEST(TaskGroup, ACloseThatIsCalledRefusesNewTasksEvenBeforeItIsAwaited) {
  TaskGroup group;
  Gate gate;
  Task<void> closing = group.close();
  auto held = std::make_shared<int>(1);
  EXPECT_FALSE(group.spawn(hold(held, gate)));
  EXPECT_EQ(held.use_count(), 1) << "the refused task is destroyed";
  InlineExecutor().run_task(std::move(closing));
}

// What a task held is gone when close completes: its owner may be destroyed then.
TEST(TaskGroup, TasksAreDestroyedBeforeCloseCompletes) {
  TaskGroup group;
  Gate gate;
  auto held = std::make_shared<int>(1);
  group.spawn(hold(held, gate));
  long held_at_the_end = -1;
  const auto close = [&]() -> Task<void> {
    co_await group.close();
    held_at_the_end = held.use_count();
  };
  Started<void> closing(close());
  gate.open();
  EXPECT_EQ(held_at_the_end, 1);
  const auto join = [&]() -> Task<void> { co_await closing.join(); };
  InlineExecutor().run_task(join());
}

TEST(TaskGroup, ATaskMaySpawnAnother) {
  TaskGroup group;
  Gate gate;
  const auto parent = [&]() -> Task<void> {
    group.spawn(wait_at(gate));
    co_return;
  };
  group.spawn(parent());
  EXPECT_EQ(group.size(), 1u);
  gate.open();
}

TEST(TaskGroupDeathTest, MustBeEmptyWhenItGoes) {
  EXPECT_DEATH(
      {
        Gate gate;
        TaskGroup group;
        group.spawn(wait_at(gate));
      },
      "running_ == 0");
}

TEST(TaskGroupDeathTest, AnExceptionThatLeavesATaskEndsTheProcess) {
  const auto thrower = []() -> Task<void> {
    throw std::runtime_error("nobody listens");
    co_return;
  };
  EXPECT_DEATH(
      {
        TaskGroup group;
        group.spawn(thrower());
      },
      "nobody listens");
}

}  // namespace
}  // namespace lapis::io
