#include "storage/chunk/chunk_ids.h"

#include <gtest/gtest.h>

#include <set>

#include "support/memory_meta_store.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::storage {
namespace {

class ChunkIdsTest : public testing::Test {
 protected:
  test::MemoryMetaStore meta_;
  std::unique_ptr<io::FileSystem> files_ = io::make_uring_file_system();
  io::BlockingPool blocking_{1, 10};
  SystemClock clock_;
  test::TestShard shard_;
  const StoreContext context_{meta_, *files_, blocking_, *shard_, clock_, Guid::make(), 1, 1};
};

TEST_F(ChunkIdsTest, RangesAreReservedOnceAndDurably) {
  test::run_on(shard_, [&]() -> io::Task<void> {
    const auto first = co_await reserve_chunk_ids(context_, 10);
    const auto second = co_await reserve_chunk_ids(context_, 10);
    const auto third = co_await reserve_chunk_ids(context_, 10, 1000);
    EXPECT_EQ(first->next, 1u);
    EXPECT_EQ(second->next, 11u);
    EXPECT_EQ(third->next, 1000u);
    EXPECT_EQ((co_await reserve_chunk_ids(context_, 1))->next, 1010u);
  });
  EXPECT_EQ(meta_.commits(), 4u);
}

TEST_F(ChunkIdsTest, AReservationThatIsRunTwiceIsOne) {
  meta_.set_run_twice(true);
  test::run_on(shard_, [&]() -> io::Task<void> {
    EXPECT_EQ((co_await reserve_chunk_ids(context_, 10))->next, 1u);
    EXPECT_EQ((co_await reserve_chunk_ids(context_, 10))->next, 11u);
  });
}

TEST_F(ChunkIdsTest, RefillsAheadAndNeverRepeats) {
  test::run_on(shard_, [&]() -> io::Task<void> {
    io::TaskGroup group;
    ChunkIds ids(context_, group);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 2 * kChunkIdRange + 10; ++i) {
      const auto id = co_await ids.next();
      EXPECT_TRUE(id.has_value() && seen.insert(id->value).second);
    }
    co_await group.close();
  });
  EXPECT_LE(meta_.commits(), 4u);
}

TEST_F(ChunkIdsTest, AFailedReservationIsAnErrorAndTriedAgain) {
  test::run_on(shard_, [&]() -> io::Task<void> {
    io::TaskGroup group;
    ChunkIds ids(context_, group);
    meta_.fail_commit(1, {ErrorCode::kServerBusy, "too many wait"});
    const auto refused = co_await ids.next();
    EXPECT_FALSE(refused.has_value());
    if (!refused) EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
    EXPECT_TRUE((co_await ids.next()).has_value());
    co_await group.close();
  });
}

}  // namespace
}  // namespace lapis::storage
