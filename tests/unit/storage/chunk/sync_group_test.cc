#include "storage/chunk/sync_group.h"

#include <gtest/gtest.h>

#include "lapis/io/task_group.h"
#include "support/gate.h"
#include "support/test_shard.h"

namespace lapis::storage {
namespace {

// A file whose syncs end when the test says so.
class GatedFile final : public io::File {
 public:
  io::Task<Result<std::size_t>> read_at(std::uint64_t, MutableBytes) override { co_return 0u; }
  io::Task<Result<void>> write_at(std::uint64_t, Bytes) override { co_return Result<void>{}; }
  io::Task<Result<void>> datasync() override {
    const int number = ++syncs;
    if (number == 1) co_await gate;
    if (number == fails) co_return fail(ErrorCode::kInsufficientStorage, "no space to sync");
    co_return Result<void>{};
  }
  Result<std::uint64_t> size() override { return 0; }
  Result<void> allocate(std::uint64_t) override { return {}; }
  Result<void> sync() override { return {}; }

  test::Gate gate;
  int syncs = 0;
  int fails = 0;
};

struct Callers {
  SyncGroup& group;
  int done = 0;
  int failed = 0;
  io::Task<void> call() {
    const auto result = co_await group.sync();
    ++done;
    if (!result) {
      ++failed;
      EXPECT_EQ(result.error().code, ErrorCode::kInternalError);
    }
  }
};

class SyncGroupTest : public testing::Test {
 protected:
  test::TestShard shard_;
  GatedFile file_;
};

TEST_F(SyncGroupTest, WhoAsksWhileOneRunsSharesTheNext) {
  test::run_on(shard_, [&]() -> io::Task<void> {
    SyncGroup group(file_);
    Callers callers{group};
    io::TaskGroup tasks;
    for (int i = 0; i < 50; ++i) (void)tasks.spawn(callers.call());
    EXPECT_EQ(file_.syncs, 1);
    EXPECT_EQ(callers.done, 0);
    file_.gate.open();
    co_await tasks.close();
    EXPECT_EQ(callers.done, 50);
    EXPECT_EQ(callers.failed, 0);
  });
  EXPECT_EQ(file_.syncs, 2);
}

TEST_F(SyncGroupTest, LaterCallsAreNotCoveredByAnEarlierSync) {
  file_.gate.open();
  test::run_on(shard_, [&]() -> io::Task<void> {
    SyncGroup group(file_);
    EXPECT_TRUE((co_await group.sync()).has_value());
    EXPECT_TRUE((co_await group.sync()).has_value());
  });
  EXPECT_EQ(file_.syncs, 2);
}

TEST_F(SyncGroupTest, AFailureIsForEverAndNeverSyncedAgain) {
  file_.fails = 1;
  test::run_on(shard_, [&]() -> io::Task<void> {
    SyncGroup group(file_);
    Callers callers{group};
    io::TaskGroup tasks;
    for (int i = 0; i < 10; ++i) (void)tasks.spawn(callers.call());
    file_.gate.open();
    co_await tasks.close();
    EXPECT_EQ(callers.failed, 10);
    EXPECT_FALSE((co_await group.sync()).has_value());
  });
  EXPECT_EQ(file_.syncs, 1);
}

TEST_F(SyncGroupTest, PoisonDuringASyncFailsIt) {
  test::run_on(shard_, [&]() -> io::Task<void> {
    SyncGroup group(file_);
    Callers callers{group};
    io::TaskGroup tasks;
    (void)tasks.spawn(callers.call());
    group.poison({ErrorCode::kInternalError, "a write failed"});
    file_.gate.open();
    co_await tasks.close();
    EXPECT_EQ(callers.failed, 1);
  });
}

}  // namespace
}  // namespace lapis::storage
