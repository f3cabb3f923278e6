// What the local store keeps and knows beyond the contract.
#include "storage/meta/rocks_meta_store.h"

#include <gtest/gtest.h>

#include <atomic>

#include "lapis/base/clock.h"
#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

TEST(RocksMetaStore, KeepsEverythingWhenReopened) {
  LocalHarness meta;
  for (int i = 0; i < 100; ++i) meta.put("row" + std::to_string(i), std::to_string(i));
  const Rows rows = meta.all_rows();
  const Guid uuid = meta.local->uuid();
  const Sequence durable = meta.store().durable_sequence();
  meta.reopen();
  EXPECT_EQ(meta.all_rows(), rows);
  EXPECT_EQ(meta.local->uuid(), uuid);
  EXPECT_EQ(meta.store().durable_sequence(), durable);
}

TEST(RocksMetaStore, EveryStoreHasItsOwnUuid) {
  LocalHarness one;
  LocalHarness other;
  EXPECT_NE(one.local->uuid(), other.local->uuid());
  EXPECT_NE(one.local->uuid(), Guid{});
}

TEST(RocksMetaStore, IdsGoOnWhereTheyWereWhenReopened) {
  LocalHarness meta;
  std::uint64_t last = 0;
  for (const bool fails : {false, true, false, true}) {
    std::uint64_t id = 0;
    const Result<void> done = meta.transact([&](MetaView& view) -> Result<void> {
      id = view.next_id();
      if (fails) return fail(ErrorCode::kBlobNotFound);
      return {};
    });
    EXPECT_EQ(done.has_value(), !fails);
    EXPECT_GT(id, last);
    last = id;
    meta.reopen();
  }
}

TEST(RocksMetaStore, ANewEpochIsKept) {
  LocalHarness meta;
  EXPECT_EQ(meta.local->epoch(), 1u);
  ASSERT_TRUE(meta.local->start_new_epoch());
  EXPECT_EQ(meta.local->epoch(), 2u);
  meta.put("a", "1");
  meta.reopen();
  EXPECT_EQ(meta.local->epoch(), 2u);
  EXPECT_EQ(meta.get("a"), "1");
}

TEST(RocksMetaStore, OnlyAReadThatMemoryCannotAnswerGoesToThePool) {
  LocalHarness meta;
  meta.put("a", "1");
  EXPECT_EQ(meta.get("a"), "1");
  EXPECT_EQ(meta.local->stats().pool_reads, 0u);
  // Rows enough that "a" is not in the block that opening the store reads.
  for (int i = 0; i < 10; ++i) meta.put("\x02" + std::to_string(i), std::string(4096, 'v'));
  meta.reopen();
  EXPECT_FALSE(meta.store().try_get("a").has_value());
  EXPECT_EQ(meta.get("a"), "1");
  EXPECT_EQ(meta.local->stats().pool_reads, 1u);
  ASSERT_TRUE(meta.store().try_get("a").has_value());
  EXPECT_EQ(meta.store().try_get("a")->value(), "1");
  EXPECT_EQ(meta.get("a"), "1");
  EXPECT_EQ(meta.local->stats().pool_reads, 1u);
}

TEST(RocksMetaStore, TellsHowItsGroupsWent) {
  LocalHarness meta;
  const MetaStoreStats before = meta.local->stats();
  for (int i = 0; i < 10; ++i) meta.put("row" + std::to_string(i), "v");
  const MetaStoreStats after = meta.local->stats();
  EXPECT_EQ(after.transactions - before.transactions, 10u);
  EXPECT_EQ(after.group_sizes.sum - before.group_sizes.sum, 10u);
  EXPECT_EQ(after.group_sizes.count(), after.groups);
  EXPECT_EQ(after.write_times.count(), after.groups);
  EXPECT_GT(after.write_times.sum, before.write_times.sum);
  EXPECT_EQ(after.waiting, 0u);
  EXPECT_TRUE(after.writable);
  EXPECT_TRUE(meta.local->has_room());
}

TEST(RocksMetaStore, TellsWhatTheEngineSays) {
  LocalHarness meta;
  for (int i = 0; i < 10; ++i) meta.put("row" + std::to_string(i), std::string(1000, 'v'));
  const MetaEngineStats stats = meta.local->engine_stats();
  EXPECT_GE(stats.estimated_keys, 10u);
  EXPECT_GT(stats.memtable_bytes, 10'000u);
  EXPECT_GT(stats.log_bytes, 10'000u);
  EXPECT_GT(stats.block_cache_capacity, 0u);
  EXPECT_EQ(stats.stalled, 0u);
  EXPECT_EQ(stats.background_errors, 0u);
}

std::string row_name(int i) { return "row" + std::to_string(100'000 + i); }
RewrittenRows rows_until(int end) { return {row_name(0), row_name(end)}; }

// A hundred of 4 KiB that do not compress.
void put_long_rows(LocalHarness& meta, int first) {
  ASSERT_TRUE(meta.transact([&](MetaView& view) -> Result<void> {
    std::uint64_t state = static_cast<std::uint64_t>(first) + 1;
    std::string value(4096, ' ');
    for (int i = first; i < first + 100; ++i) {
      for (char& c : value) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        c = static_cast<char>(state >> 56);
      }
      view.put(row_name(i), value);
    }
    return {};
  }));
}

TEST(RocksMetaStore, WhatWasWrittenOverLeavesTheDiskWhenItIsCompacted) {
  LocalHarness meta;
  constexpr int kRows = 6'000;  // 24 MiB
  for (int i = 0; i < kRows; i += 100) put_long_rows(meta, i);
  meta.reopen();
  const std::uint64_t full = meta.local->space()->used_bytes;
  EXPECT_GT(full, 24'000'000u);
  for (int i = 0; i < kRows; i += 100) {
    ASSERT_TRUE(meta.transact([&](MetaView& view) -> Result<void> {
      for (int at = i; at < i + 100; ++at) view.put(row_name(at), "short");
      return {};
    }));
  }
  EXPECT_GT(meta.local->space()->used_bytes, full);
  std::atomic<bool> stopping = false;
  // Half of the rows, then all.
  for (const int rows : {kRows / 2, kRows}) {
    RewrittenRows rewritten = rows_until(rows);
    ASSERT_TRUE(meta.local->compact(rewritten, stopping));
  }
  EXPECT_LT(meta.local->space()->used_bytes, full / 10);
  EXPECT_EQ(meta.get(row_name(17)), "short");
  meta.reopen();
  EXPECT_EQ(meta.get(row_name(kRows - 1)), "short");
}

TEST(RocksMetaStore, ACompactionThatIsStoppedChangesNoRow) {
  LocalHarness meta;
  put_long_rows(meta, 0);
  const Rows rows = meta.all_rows();
  std::atomic<bool> stopping = true;
  RewrittenRows rewritten = rows_until(100);
  const Result<void> compacted = meta.local->compact(rewritten, stopping);
  if (!compacted) EXPECT_EQ(compacted.error().code, ErrorCode::kServerBusy);
  EXPECT_EQ(meta.all_rows(), rows);
}

TEST(RocksMetaStore, ACompactionTellsThatASnapshotHoldsWhatWas) {
  LocalHarness meta;
  put_long_rows(meta, 0);
  auto snapshot = meta.local->snapshot();
  ASSERT_TRUE(meta.transact([&](MetaView& view) -> Result<void> {
    view.put(row_name(0), "short");
    return {};
  }));
  RewrittenRows rewritten = rows_until(100);
  std::atomic<bool> stopping = false;
  const Result<void> held = meta.local->compact(rewritten, stopping);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::kServerBusy);
  EXPECT_EQ((*snapshot->get(row_name(0)))->size(), 4096u);
  // Those that begin later see nothing of what was written over, and hold nothing, though there is
  // always one.
  auto later = meta.local->snapshot();
  put_long_rows(meta, 200);
  snapshot.reset();
  EXPECT_TRUE(meta.local->compact(rewritten, stopping));
  EXPECT_EQ(**later->get(row_name(0)), "short");
}

TEST(RocksMetaStore, TablesAreNotRewrittenWhereThereIsNoRoom) {
  LocalHarness meta;
  put_long_rows(meta, 0);
  meta.options.min_free_bytes = std::uint64_t{1} << 60;
  meta.reopen();
  std::atomic<bool> stopping = false;
  RewrittenRows rewritten = rows_until(100);
  const Result<void> compacted = meta.local->compact(rewritten, stopping);
  ASSERT_FALSE(compacted);
  EXPECT_EQ(compacted.error().code, ErrorCode::kInsufficientStorage);
}

TEST(RocksMetaStore, ItsSizeIsTheCapacityOrWhatTheDiskHas) {
  LocalHarness meta;
  const MetaSpace whole = *meta.local->space();
  EXPECT_GT(whole.size_bytes, 64ull << 20);
  EXPECT_LT(whole.used_bytes, 1u << 20);
  meta.options.capacity_bytes = 32ull << 20;
  meta.reopen();
  EXPECT_EQ(meta.local->space()->size_bytes, 32ull << 20);
}

// The database does it by itself where many rows were erased.
TEST(RocksMetaStore, WhatWasErasedLeavesTheDisk) {
  LocalHarness meta;
  constexpr int kRows = 6'000;
  for (int i = 0; i < kRows; i += 100) put_long_rows(meta, i);
  meta.reopen();
  const std::uint64_t full = meta.local->space()->used_bytes;
  for (int i = 0; i < kRows; i += 100) {
    ASSERT_TRUE(meta.transact([&](MetaView& view) -> Result<void> {
      for (int at = i; at < i + 100; ++at) view.erase(row_name(at));
      return {};
    }));
  }
  meta.reopen();  // the erasures lie in a table now
  const lapis::SystemClock clock;
  const Instant deadline = clock.instant() + std::chrono::seconds(30);
  std::uint64_t used = full;
  while (used > full / 10 && clock.instant() < deadline) {
    used = meta.local->space()->used_bytes;
    std::this_thread::yield();
  }
  EXPECT_LT(used, full / 10);
}

TEST(RocksMetaStore, ManyRowsOutliveFlushesAndCompactions) {
  LocalHarness meta;
  meta.options.write_buffer_bytes = 4u << 20;
  meta.reopen();
  const std::string value(2000, 'v');
  for (int batch = 0; batch < 40; ++batch) {
    ASSERT_TRUE(meta.transact([&](MetaView& view) -> Result<void> {
      for (int i = 0; i < 200; ++i) view.put(std::to_string(batch * 200 + i), value);
      if (batch % 4 == 3) view.erase_range(std::to_string(batch), std::to_string(batch) + "a");
      return {};
    }));
  }
  const Rows rows = meta.all_rows();
  EXPECT_GT(rows.size(), 4000u);
  meta.reopen();
  EXPECT_EQ(meta.all_rows(), rows);
}

}  // namespace
}  // namespace lapis::storage
