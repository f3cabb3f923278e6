#include "lapis/io/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "lapis/base/request_trace.h"
#include "lapis/base/result.h"
#include "support/inline_executor.h"

namespace lapis::io {
namespace {

using test::InlineExecutor;

Task<int> one() { co_return 1; }

Task<int> sum_of(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await one();
  co_return sum;
}

Task<int> nested(int depth) {
  if (depth == 0) co_return 0;
  co_return co_await nested(depth - 1) + 1;
}

TEST(Task, DoesNotStartBeforeItIsAwaited) {
  bool started = false;
  const auto body = [&]() -> Task<void> {
    started = true;
    co_return;
  };
  Task<void> task = body();
  EXPECT_FALSE(started);
  InlineExecutor().run_task(std::move(task));
  EXPECT_TRUE(started);
}

TEST(Task, AnUnawaitedTaskFreesItsArguments) {
  auto held = std::make_shared<int>(1);
  const auto body = [](std::shared_ptr<int> argument) -> Task<int> { co_return *argument; };
  {
    const Task<int> unused = body(held);
  }
  EXPECT_EQ(held.use_count(), 1);
}

// A million synchronous completions would overflow the stack if each used a little of it.
TEST(Task, ALoopOfCompletedTasksUsesNoStack) {
  EXPECT_EQ(InlineExecutor().run_task(sum_of(1'000'000)), 1'000'000);
}

TEST(Task, AChainOfAnyDepthUsesNoStack) {
  EXPECT_EQ(InlineExecutor().run_task(nested(100'000)), 100'000);
}

Task<RequestTrace*> trace_below(int depth) {
  if (depth == 0) co_return co_await current_trace();
  co_return co_await trace_below(depth - 1);
}

TEST(Task, CarriesItsTraceToWhatItAwaits) {
  RequestTrace trace;
  EXPECT_EQ(InlineExecutor().run_task(trace_below(3).traced(&trace)), &trace);
  EXPECT_EQ(InlineExecutor().run_task(trace_below(3)), nullptr);
}

TEST(Task, ExceptionsReachTheAwaiter) {
  const auto thrower = []() -> Task<int> {
    throw std::runtime_error("inside");
    co_return 1;
  };
  const auto catcher = [&]() -> Task<std::string> {
    try {
      co_await thrower();
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "nothing";
  };
  EXPECT_EQ(InlineExecutor().run_task(catcher()), "inside");
}

TEST(Task, CarriesValuesThatOnlyMove) {
  const auto body = []() -> Task<Result<std::unique_ptr<int>>> {
    co_return std::make_unique<int>(7);
  };
  EXPECT_EQ(**InlineExecutor().run_task(body()), 7);
}

TEST(Task, CoTryReturnsTheErrorToTheAwaiter) {
  const auto failing = []() -> Task<Result<int>> {
    co_return fail(ErrorCode::kServerBusy, "full");
  };
  bool went_on = false;
  const auto caller = [&]() -> Task<Result<void>> {
    LAPIS_CO_TRY(const int value, co_await failing());
    went_on = value != 0;
    co_return Result<void>{};
  };
  const Result<void> outcome = InlineExecutor().run_task(caller());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kServerBusy);
  EXPECT_FALSE(went_on);
}

TEST(TaskDeathTest, AwaitingAnEmptyTaskIsImpossible) {
  const auto body = []() -> Task<void> { co_await Task<void>(); };
  EXPECT_DEATH(InlineExecutor().run_task(body()), "handle_");
}

}  // namespace
}  // namespace lapis::io
