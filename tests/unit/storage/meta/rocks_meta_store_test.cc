// What the local store keeps and knows beyond the contract.
#include "storage/meta/rocks_meta_store.h"

#include <gtest/gtest.h>

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
