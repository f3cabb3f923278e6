// The committer, over the real store: grouping, order, bounds, and what a failed write leaves.
#include "storage/meta/committer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <latch>
#include <thread>
#include <vector>

#include "unit/storage/meta/faulty_rocks_env.h"
#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

Transaction put_transaction(std::string key, std::string value) {
  return [key = std::move(key), value = std::move(value)](MetaView& view) -> Result<void> {
    view.put(key, value);
    return {};
  };
}

// Transactions that are under way while the test looks on.
class Background {
 public:
  explicit Background(LocalHarness& meta) : meta_(meta) {}
  // Queues `fn` and returns at once.
  void launch(Transaction fn) {
    meta_.executor.post(
        [this, fn = std::move(fn)]() mutable { group_.spawn(finish(std::move(fn))); });
    meta_.executor.run_pending();
  }
  // Runs completions that have come in; how many transactions have ended so far.
  std::size_t ended() {
    meta_.executor.run_pending();
    return results.size();
  }
  void wait() { meta_.executor.run_task(group_.close()); }

  std::vector<Result<void>> results;  // in the order in which they ended

 private:
  io::Task<void> finish(Transaction fn) {
    Result<void> result = co_await meta_.store().transact(Scope{}, std::move(fn));
    results.push_back(std::move(result));
  }

  LocalHarness& meta_;
  io::TaskGroup group_;
};

TEST(Committer, WhatWaitsTogetherIsSyncedOnce) {
  LocalHarness meta;
  std::vector<Transaction> list;
  for (int i = 0; i < 64; ++i) list.push_back(put_transaction(std::to_string(i), "x"));
  const MetaStoreStats before = meta.local->stats();
  for (const auto& result : meta.run_together(std::move(list))) EXPECT_TRUE(result);
  const MetaStoreStats after = meta.local->stats();
  EXPECT_EQ(after.groups - before.groups, 1u);
  EXPECT_EQ(after.transactions - before.transactions, 65u);  // with the one that held the rest
  EXPECT_EQ(meta.all_rows().size(), 64u);
}

io::Task<void> count_where_it_ends(MetaStore& store, std::string key, io::Executor& home,
                                   int& ended_at_home) {
  const Result<void> done = co_await store.transact(Scope{}, put_transaction(key, "x"));
  if (done && io::Executor::current() == &home) ++ended_at_home;
}

io::Task<void> put_many(MetaStore& store, std::string prefix, io::Executor& home,
                        std::latch& queued, int& ended_at_home) {
  io::TaskGroup group;
  for (int i = 0; i < 32; ++i) {
    group.spawn(count_where_it_ends(store, prefix + std::to_string(i), home, ended_at_home));
  }
  queued.count_down();
  co_await group.close();
}

TEST(Committer, OneGroupServesSeveralExecutorsEachAtHome) {
  LocalHarness meta;
  std::latch queued(2);
  Background holder(meta);
  holder.launch([&queued](MetaView&) -> Result<void> {
    queued.wait();
    return {};
  });
  const MetaStoreStats before = meta.local->stats();
  int at_home[2] = {};
  const auto client = [&](int index) {
    test::InlineExecutor executor;
    executor.run_task(
        put_many(meta.store(), std::to_string(index) + "/", executor, queued, at_home[index]));
  };
  std::thread first(client, 0);
  std::thread second(client, 1);
  first.join();
  second.join();
  holder.wait();
  EXPECT_EQ(at_home[0], 32);
  EXPECT_EQ(at_home[1], 32);
  EXPECT_EQ(meta.local->stats().groups - before.groups, 1u);
}

TEST(Committer, NothingIsAcknowledgedBeforeItsSync) {
  FaultyRocksEnv faulty;
  LocalHarness meta(faulty.env.get());
  const std::uint64_t version = meta.store().version_of("a");
  const Sequence durable = meta.store().durable_sequence();
  faulty.disk.hold_sync();
  Background work(meta);
  work.launch(put_transaction("a", "1"));
  EXPECT_TRUE(faulty.disk.wait_for_held_sync());
  EXPECT_EQ(work.ended(), 0u);
  EXPECT_EQ(meta.store().version_of("a"), version);
  EXPECT_EQ(meta.store().durable_sequence(), durable);
  faulty.disk.release();
  work.wait();
  ASSERT_EQ(work.results.size(), 1u);
  EXPECT_TRUE(work.results[0]);
  EXPECT_GT(meta.store().version_of("a"), version);
}

TEST(Committer, TheNextGroupGathersWhileOneSyncs) {
  FaultyRocksEnv faulty;
  LocalHarness meta(faulty.env.get());
  const MetaStoreStats before = meta.local->stats();
  faulty.disk.hold_sync();
  Background work(meta);
  work.launch(put_transaction("first", "1"));
  EXPECT_TRUE(faulty.disk.wait_for_held_sync());
  for (int i = 0; i < 20; ++i) work.launch(put_transaction(std::to_string(i), "2"));
  faulty.disk.release();
  work.wait();
  EXPECT_EQ(work.results.size(), 21u);
  EXPECT_EQ(meta.local->stats().groups - before.groups, 2u);
}

// It may have read what that sync makes durable.
TEST(Committer, AReaderWaitsForTheSyncBeforeIt) {
  FaultyRocksEnv faulty;
  LocalHarness meta(faulty.env.get());
  faulty.disk.hold_sync();
  Background work(meta);
  work.launch(put_transaction("a", "1"));
  EXPECT_TRUE(faulty.disk.wait_for_held_sync());
  work.launch([](MetaView& view) -> Result<void> {
    LAPIS_TRY(const Row row, view.get("a"));
    return row ? fail(ErrorCode::kBlobAlreadyExists) : fail(ErrorCode::kBlobNotFound);
  });
  EXPECT_EQ(work.ended(), 0u);
  faulty.disk.release();
  work.wait();
  ASSERT_EQ(work.results.size(), 2u);
  EXPECT_TRUE(work.results[0]);
  EXPECT_EQ(work.results[1].error().code, ErrorCode::kBlobAlreadyExists);
}

TEST(Committer, MoreThanMayWaitAreServerBusy) {
  LocalHarness meta;
  meta.options.max_pending = 3;
  meta.reopen();
  std::latch running(1);
  std::latch release(1);
  Background work(meta);
  work.launch([&](MetaView&) -> Result<void> {
    running.count_down();
    release.wait();
    return {};
  });
  running.wait();
  for (int i = 0; i < 5; ++i) work.launch(put_transaction(std::to_string(i), "x"));
  EXPECT_EQ(work.ended(), 2u);
  for (const auto& refused : work.results) EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  release.count_down();
  work.wait();
  EXPECT_EQ(meta.all_rows().size(), 3u);
  meta.put("later", "x");
}

// A group is bounded in bytes: 40 MiB of rows do not become one batch.
TEST(Committer, LargeTransactionsAreSpreadOverGroups) {
  LocalHarness meta;
  const MetaStoreStats before = meta.local->stats();
  std::vector<Transaction> list;
  const std::string value(2u << 20, 'v');
  for (int i = 0; i < 20; ++i) list.push_back(put_transaction(std::to_string(i), value));
  for (const auto& result : meta.run_together(std::move(list))) EXPECT_TRUE(result);
  EXPECT_EQ(meta.local->stats().groups - before.groups, 3u);
  EXPECT_EQ(meta.all_rows().size(), 20u);
}

TEST(Committer, ClosingCommitsWhatWaits) {
  LocalHarness meta;
  std::latch release(1);
  Background work(meta);
  work.launch([&](MetaView&) -> Result<void> {
    release.wait();
    return {};
  });
  for (int i = 0; i < 10; ++i) work.launch(put_transaction(std::to_string(i), "x"));
  std::thread closer([&] { meta.local.reset(); });
  release.count_down();
  closer.join();
  work.wait();
  EXPECT_EQ(work.results.size(), 11u);
  for (const auto& result : work.results) EXPECT_TRUE(result);
  meta.reopen();
  EXPECT_EQ(meta.all_rows().size(), 10u);
}

struct FailureCase {
  const char* name;
  void (FaultyDisk::*inject)(int);
};
constexpr FailureCase kFailureCases[] = {
    {"Append", &FaultyDisk::fail_append},
    {"Sync", &FaultyDisk::fail_sync},
    {"PowerAtSync", &FaultyDisk::cut_power_at_sync},
};

class CommitterFailure : public testing::TestWithParam<FailureCase> {};
INSTANTIATE_TEST_SUITE_P(Faults, CommitterFailure, testing::ValuesIn(kFailureCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(CommitterFailure, AFailedWriteEndsAllWritingButNotReading) {
  FaultyRocksEnv faulty;
  LocalHarness meta(faulty.env.get());
  meta.put("kept", "1");
  (faulty.disk.*GetParam().inject)(1);
  const Result<void> failed = meta.transact(put_transaction("lost", "1"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternalError);
  EXPECT_EQ(meta.get("lost"), std::nullopt);
  const Result<void> later = meta.transact(put_transaction("later", "1"));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::kInternalError);
  EXPECT_NE(later.error().detail.find("read-only until restart"), std::string::npos);
  EXPECT_EQ(meta.get("kept"), "1");
  meta.env = rocksdb::Env::Default();
  meta.reopen();
  EXPECT_EQ(meta.get("kept"), "1");
  EXPECT_EQ(meta.get("later"), std::nullopt);
  meta.put("again", "1");
}

// All of a group share its fate: each may have read what the others wrote.
TEST_P(CommitterFailure, AFailedWriteFailsItsWholeGroup) {
  FaultyRocksEnv faulty;
  LocalHarness meta(faulty.env.get());
  (faulty.disk.*GetParam().inject)(1);
  std::vector<Transaction> list;
  for (int i = 0; i < 5; ++i) list.push_back(put_transaction(std::to_string(i), "x"));
  list.push_back([](MetaView& view) -> Result<void> {
    LAPIS_TRY(const Row row, view.get("0"));
    return row ? fail(ErrorCode::kBlobAlreadyExists) : fail(ErrorCode::kBlobNotFound);
  });
  for (const auto& result : meta.run_together(std::move(list))) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInternalError);
  }
  EXPECT_EQ(meta.all_rows(), Rows{});
}

// Every commit that was acknowledged before the power went is there afterwards, and those that
// were not are there whole or not at all.
TEST(Committer, AcknowledgedCommitsOutliveAPowerCut) {
  for (int cut = 1; cut <= 12; ++cut) {
    SCOPED_TRACE("power cut at sync " + std::to_string(cut));
    FaultyRocksEnv faulty;
    LocalHarness meta(faulty.env.get());
    faulty.disk.cut_power_at_sync(cut);
    std::vector<int> acknowledged;
    for (int i = 0; i < 16; ++i) {
      const Result<void> done = meta.transact([i](MetaView& view) -> Result<void> {
        view.put("a" + std::to_string(i), "x");
        view.put("b" + std::to_string(i), "x");
        return {};
      });
      if (done) acknowledged.push_back(i);
    }
    EXPECT_EQ(acknowledged.size(), static_cast<std::size_t>(cut - 1));
    const Sequence durable = meta.store().durable_sequence();
    meta.local.reset();
    faulty.disk.drop_unsynced();
    meta.env = rocksdb::Env::Default();
    meta.reopen();
    EXPECT_GE(meta.store().durable_sequence(), durable);
    for (int i = 0; i < 16; ++i) {
      const bool has_a = meta.get("a" + std::to_string(i)).has_value();
      EXPECT_EQ(has_a, meta.get("b" + std::to_string(i)).has_value()) << i;
      if (i < cut - 1) EXPECT_TRUE(has_a) << i;
    }
  }
}

struct SpaceCase {
  const char* name;
  double times_free;  // min_free_bytes, as a multiple of what is free
  bool large_put;
  bool small_put;
  bool erase;
};
constexpr SpaceCase kSpaceCases[] = {
    {"Enough", 0.5, true, true, true},
    {"BelowTheMinimum", 1.5, false, true, true},
    {"BelowHalf", 3, false, false, true},
    {"BelowAQuarter", 8, false, false, false},
};

class CommitterSpace : public testing::TestWithParam<SpaceCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, CommitterSpace, testing::ValuesIn(kSpaceCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(CommitterSpace, ANearlyFullDiskAdmitsWhatEmptiesIt) {
  LocalHarness meta;
  meta.put("full", "x");
  const auto free = std::filesystem::space(meta.options.directory).available;
  meta.options.min_free_bytes =
      static_cast<std::uint64_t>(GetParam().times_free * static_cast<double>(free));
  meta.reopen();
  const auto expect = [](const Result<void>& result, bool admitted) {
    EXPECT_EQ(result.has_value(), admitted);
    if (!result) EXPECT_EQ(result.error().code, ErrorCode::kInsufficientStorage);
  };
  expect(meta.transact(put_transaction("large", std::string(8192, 'x'))), GetParam().large_put);
  expect(meta.transact(put_transaction("small", "x")), GetParam().small_put);
  expect(meta.transact([](MetaView& view) -> Result<void> {
    view.erase("full");
    view.put("release", "x");
    return {};
  }),
         GetParam().erase);
  EXPECT_EQ(meta.get("large").has_value(), GetParam().large_put);
  EXPECT_EQ(meta.get("full").has_value(), !GetParam().erase);
  EXPECT_TRUE(meta.transact([](MetaView& view) -> Result<void> {
    LAPIS_TRY([[maybe_unused]] const Row row, view.get("full"));
    return {};
  }));
}

}  // namespace
}  // namespace lapis::storage
