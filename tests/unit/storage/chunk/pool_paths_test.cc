// Several paths in several pools: where bytes go, and what an operator changes while the store
// runs.
#include <gtest/gtest.h>

#include <set>

#include "storage/chunk/pool_path.h"
#include "unit/storage/chunk/pool_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class PoolPaths : public test::PoolFixture {};

// --- placement ---

TEST_F(PoolPaths, NewBytesGoToEveryFlashPathAndNotToDisks) {
  open();
  std::set<PathId> used;
  for (int i = 0; i < 100; ++i) used.insert(path_of(put_ok(test::body_text(5'000))));
  EXPECT_EQ(used, (std::set{stats_of("pool").id, stats_of("second").id}));
  EXPECT_EQ(stats_of("disk").pool_class, PoolClass::kHdd);
}

TEST_F(PoolPaths, FullFlashFallsBackToDisks) {
  options_.pools[0].min_free_bytes = 1ull << 50;
  open();
  EXPECT_TRUE(store_->has_room(1 << 20));
  const std::string body = test::body_text(3'000'000);
  const Chunks chunks = put_ok(body);
  EXPECT_TRUE(lies_on(chunks, "disk"));
  EXPECT_TRUE(*get(chunks) == body);
}

class ColdBodies : public PoolPaths {
 protected:
  Result<Chunks> put_cold(std::string_view text) {
    return test::run_on(background_, [&]() -> io::Task<Result<Chunks>> {
      const storage::ShortBody body{{}, as_bytes(text), {}};
      LAPIS_CO_TRY(const auto stored, co_await store_->write_cold({&body, 1}));
      Transaction record = [&](MetaView& view) -> Result<void> {
        stored.front()->record(view, HeatRank::kNormal);
        return {};
      };
      LAPIS_CO_TRY_VOID(co_await meta_.transact({}, std::move(record)));
      stored.front()->recorded();
      co_return stored.front()->chunks();
    });
  }
};

TEST_F(ColdBodies, GoToDisksWhileThoseTakeThem) {
  const std::string text = test::body_text(3'000);
  open();
  for (const bool disks_take_them : {true, false}) {
    if (!disks_take_them) ASSERT_TRUE(set_read_only("disk").has_value());
    const auto chunks = put_cold(text);
    ASSERT_TRUE(chunks) << to_string(chunks.error());
    EXPECT_EQ(lies_on(*chunks, "disk"), disks_take_them);
    EXPECT_TRUE(*get(*chunks) == text);
    // Long unused: it is the first to go down.
    const auto coldest = test::run_on(
        background_, [&] { return store_->coldest(path_of(*chunks), 1, std::nullopt); });
    EXPECT_EQ(coldest->at(0).hour, 0u);
  }
}

TEST_F(ColdBodies, GoNowhereWhereThereIsNoRoom) {
  for (storage::PoolOptions& pool : options_.pools) pool.min_free_bytes = 1ull << 50;
  open();
  const auto refused = put_cold(test::body_text(3'000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientStorage);
}

TEST_F(PoolPaths, AChunkFitsEveryPathThatItMayGoTo) {
  options_.pools[0].extent_bytes = 16 << 20;
  open();
  const std::string body = test::body_text(5'000'000);
  const Chunks chunks = put_ok(body);
  for (const ChunkRef& chunk : chunks) EXPECT_LE(chunk.length, kExtent / 4);
  EXPECT_TRUE(*get(chunks) == body);
}

// --- read-only, draining ---

TEST_F(PoolPaths, ADrainingPathIsReadAndNotWrittenTo) {
  open();
  const Chunks chunks = put_on("second", "still there");
  ASSERT_TRUE(drain("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kDraining);
  EXPECT_FALSE(stats_of("second").writable);
  EXPECT_EQ(*get(chunks), "still there");
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(lies_on(put_ok(test::body_text(5'000)), "pool"));
  // What was open is sealed, what was made ready is free again.
  EXPECT_TRUE(eventually([&] { return stats_of("second").extents_open == 0; }));
  reopen();
  EXPECT_EQ(status("second"), PathStatus::kDraining);
  EXPECT_EQ(*get(chunks), "still there");
  ASSERT_TRUE(resume("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kOnline);
  put_on("second");
  reopen();
  EXPECT_EQ(status("second"), PathStatus::kOnline);
}

TEST_F(PoolPaths, AReadOnlyPathStaysSo) {
  open();
  ASSERT_TRUE(set_read_only("pool").has_value());
  ASSERT_TRUE(set_read_only("second").has_value());
  EXPECT_TRUE(lies_on(put_ok(test::body_text(5'000)), "disk"));
  reopen();
  EXPECT_EQ(status("second"), PathStatus::kReadOnly);
  EXPECT_TRUE(lies_on(put_ok(test::body_text(5'000)), "disk"));
}

TEST_F(PoolPaths, WithEveryPathReadOnlyWritesAreRefusedForNow) {
  open();
  for (const char* name : {"pool", "second", "disk"}) ASSERT_TRUE(set_read_only(name).has_value());
  EXPECT_TRUE(store_->has_room(1));  // it is not full
  const auto refused = put("no");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  ASSERT_TRUE(resume("disk").has_value());
  EXPECT_TRUE(lies_on(put_ok("yes"), "disk"));
}

TEST_F(PoolPaths, TheLastWritablePathIsNotDrained) {
  open();
  ASSERT_TRUE(drain("second").has_value());
  ASSERT_TRUE(drain("disk").has_value());
  expect_error(drain("pool"), "nowhere to go");
  EXPECT_EQ(status("pool"), PathStatus::kOnline);
}

TEST_F(PoolPaths, APathThatFailedCanBeResumed) {
  open();
  simulated_.fail({.op = test::FileOp::kDatasync, .times = test::kForEver, .path_part = "second"});
  for (int i = 0; i < 300 && status("second") != PathStatus::kFailed; ++i) (void)put("x");
  EXPECT_EQ(status("second"), PathStatus::kFailed);
  ASSERT_TRUE(drain("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kDraining);  // and is emptied as any other
  EXPECT_NE(stats_of("second").problem, "");
  EXPECT_NE(stats_of("second").problem, "");
  simulated_.clear_faults();
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(lies_on(put_ok("elsewhere"), "pool"));
  ASSERT_TRUE(resume("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kOnline);
  put_on("second");
}

TEST_F(PoolPaths, NoOtherDirectoryIsChanged) {
  open();
  expect_error(drain("elsewhere"), "no path of this store");
  expect_error(set_read_only("elsewhere"), "no path of this store");
  expect_error(resume("elsewhere"), "no path of this store");
  expect_error(retire("elsewhere"), "no path of this store");
}

// --- retiring ---

TEST_F(PoolPaths, APathIsRetiredWhenNothingLiesOnIt) {
  open();
  const Chunks chunks = put_on("second");
  const PathId id = stats_of("second").id;
  expect_error(retire("second"), "drain the path first");
  ASSERT_TRUE(drain("second").has_value());
  ASSERT_TRUE(eventually([&] { return stats_of("second").accounted; }));
  expect_error(retire("second"), "still lie on the path");
  // Everything that was put there on the way.
  for (const auto& [key, value] : meta_.rows().rows()) {
    if (key[0] != static_cast<char>(Table::kChunk)) continue;
    ASSERT_TRUE(remove({{ChunkId{load_be<std::uint64_t>(as_bytes(key), 1)}, 0}}).has_value());
  }
  ASSERT_TRUE(retires("second"));
  EXPECT_EQ(status("second"), PathStatus::kRetired);
  for (const auto& [key, value] : meta_.rows().rows()) {
    EXPECT_FALSE(key.starts_with(extents_begin(id).substr(0, 5)));
  }
  const auto text = simulated_.read_file(dir_ / "second" / kSuperblockName, kMaxSuperblockBytes);
  EXPECT_TRUE(decode_superblock(*text)->is_retired);
  expect_error(resume("second"), "no path of this store");
  put_ok("goes on");

  reopen();  // the configuration may still name it
  EXPECT_EQ(store_->stats().size(), 2u);
  close();
  options_.pools[0].paths = {dir_ / "pool"};
  open();
  expect_error(add("flash", "second"), "retired");
  ASSERT_TRUE(add("flash", "new").has_value());
  EXPECT_GT(stats_of("new").id, id);  // ids are not used twice
}

TEST_F(PoolPaths, ARetiredDirectoryIsFormattedOnlyWhenAskedForAndEmpty) {
  open();
  ASSERT_TRUE(drain("second").has_value());
  ASSERT_TRUE(retires("second"));
  close();
  for (const auto& name : *simulated_.list(dir_ / "second" / "extents")) {
    EXPECT_TRUE(simulated_.remove(dir_ / "second" / "extents" / name).has_value());
  }
  hide("second");
  open();  // the configuration still names it; nobody has asked to format what is there now
  EXPECT_EQ(store_->stats().size(), 2u);
  EXPECT_FALSE(*simulated_.exists(dir_ / "second" / kSuperblockName));
  expect_error(add("flash", "second"), "not empty");  // its directory of extents
}

TEST_F(PoolPaths, AChunkWithoutLiveBytesStillKeepsItsPath) {
  open();
  const Chunks chunks = put_on("second");
  ASSERT_TRUE(drain("second").has_value());
  close();
  const std::string superblock = hide("second");
  open();
  // Missing, so the counters are not asked; the rows are.
  expect_error(retire("second"), "still lies on the path");
  for (const auto& [key, value] : meta_.rows().rows()) {
    if (key[0] != static_cast<char>(Table::kChunk)) continue;
    ASSERT_TRUE(remove({{ChunkId{load_be<std::uint64_t>(as_bytes(key), 1)}, 0}}).has_value());
  }
  EXPECT_TRUE(retire("second").has_value());
  show("second", superblock);
  reopen();  // its row is what counts
  EXPECT_EQ(store_->stats().size(), 2u);
}

// --- adding ---

TEST_F(PoolPaths, APathIsAddedWhileRunning) {
  open();
  for (int i = 0; i < 10; ++i) put_ok("before");
  ASSERT_TRUE(add("flash", "new").has_value());
  EXPECT_EQ(stats_of("new").pool, "flash");
  EXPECT_EQ(status("new"), PathStatus::kOnline);
  const std::string body = test::body_text(9'000);
  const Chunks chunks = put_on("new", body);
  EXPECT_TRUE(*get(chunks) == body);
  const auto on_the_other_shard = run_on(shard1_, [&]() -> io::Task<Result<std::string>> {
    test::StoreCalls calls = this->calls();
    co_return co_await calls.get(chunks);
  });
  EXPECT_TRUE(*on_the_other_shard == body);

  reopen();  // not configured yet
  EXPECT_EQ(store_->stats().size(), 4u);
  EXPECT_TRUE(*get(chunks) == body);
  close();
  options_.pools[0].paths.push_back(dir_ / "new");
  open();
  EXPECT_TRUE(*get(chunks) == body);
  close();
  options_.pools[0].paths.pop_back();  // named once, it has to be named from then on
  expect_refused("not configured");
}

TEST_F(PoolPaths, AnAddedPathNeedsItsPool) {
  open();
  ASSERT_TRUE(add("disks", "new").has_value());
  close();
  options_.pools.pop_back();
  options_.pools[0].paths.push_back(dir_ / "disk");
  expect_refused("pool");
}

TEST_F(PoolPaths, WhatCannotBeAddedIsRefused) {
  open();
  expect_error(add("tapes", "new"), "no pool is called tapes");
  expect_error(add("flash", "pool"), "is a path already");
  expect_error(add("flash", "new/../disk"), "is a path already");
  EXPECT_TRUE(simulated_.make_directories(dir_ / "new").has_value());
  EXPECT_TRUE(simulated_.replace_file(dir_ / "new" / "thesis.tex", "years of work").has_value());
  expect_error(add("flash", "new"), "not empty");
  EXPECT_EQ(store_->stats().size(), 3u);
  EXPECT_TRUE(simulated_.remove(dir_ / "new" / "thesis.tex").has_value());
  EXPECT_TRUE(add("flash", "new").has_value());
}

TEST_F(PoolPaths, AnAddingThatWasCutOffIsDoneAgain) {
  open();
  meta_.rows().set_read_only(true);
  EXPECT_FALSE(add("flash", "new").has_value());
  meta_.rows().set_read_only(false);
  EXPECT_EQ(store_->stats().size(), 3u);
  ASSERT_TRUE(add("flash", "new").has_value());
  const Chunks chunks = put_on("new", "here");
  reopen();
  EXPECT_EQ(*get(chunks), "here");
}

// --- filling up to a share ---

// Each takes most of an extent: all that wait for one must not get one each.
TEST_F(PoolPaths, ManyWritersAtOnceDoNotFillAPathBeyondItsShare) {
  options_.pools[0].paths = {dir_ / "pool"};
  options_.pools[0].capacity_bytes = 24 * kExtent;
  options_.pools[0].fill_share = 0.5;
  open();
  constexpr std::size_t kWriters = 40;
  std::vector<Chunks> stored(kWriters);
  for (io::Shard* shard : {&*shard0_, &*shard1_}) {
    test::run_on(*shard, [&]() -> io::Task<void> {
      auto calls = this->calls();
      auto write = [&](std::size_t i) -> io::Task<void> {
        auto chunks = co_await calls.put(test::body_text(900'000, i));
        EXPECT_TRUE(chunks.has_value()) << to_string(chunks.error());
        if (chunks) stored[i] = *chunks;
      };
      io::TaskGroup group;
      for (std::size_t i = shard->index(); i < kWriters; i += 2) (void)group.spawn(write(i));
      co_await group.close();
    });
  }
  const PathStats flash = stats_of("pool");
  EXPECT_LE(flash.extents_open + flash.extents_sealed, 12u);
  EXPECT_GE(flash.extents_open + flash.extents_sealed, 9u);
  for (std::size_t i = 0; i < kWriters; ++i)
    EXPECT_EQ(*get(stored[i]), test::body_text(900'000, i));
}

// Where nowhere else is room a share is no limit.
TEST_F(PoolPaths, APathIsFilledToTheBrimWhereAllOthersAreFull) {
  options_.pools[0].paths = {dir_ / "pool"};
  options_.pools[0].capacity_bytes = 14 * kExtent;
  options_.pools[0].fill_share = 0.5;
  options_.pools[1].capacity_bytes = 4 * kExtent;
  open();
  std::vector<Chunks> stored;
  for (std::size_t i = 0; i < 12; ++i) stored.push_back(put_ok(test::body_text(900'000, i)));
  EXPECT_GT(stats_of("pool").extents_open + stats_of("pool").extents_sealed, 8u);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_TRUE(*get(stored[i]) == test::body_text(900'000, i));
}

// --- the set ---

TEST_F(PoolPaths, ASetFindsPathsByIdHoweverTheyAreNumbered) {
  const StoreContext context{meta_,  *files_, blocking_, *background_, clock_,
                             Guid{}, 1,       3,         Sequence{}};
  io::TaskGroup group;
  Chore chore(*background_, group, []() -> io::Task<void> { co_return; });
  PathSet paths;
  const std::uint32_t ids[] = {1, 2, 4'097, 8'193, 4'095, 8'191, 12'287, 7};
  for (const std::uint32_t id : ids) {
    PathSettings settings;
    settings.id = PathId{id};
    settings.extent_bytes = kExtent;
    paths.add(std::make_unique<PoolPath>(context, settings, chore, group));
  }
  ASSERT_EQ(paths.size(), std::size(ids));
  for (std::size_t i = 0; i < std::size(ids); ++i) {
    EXPECT_EQ(paths.by_id(PathId{ids[i]}), &paths[i]) << ids[i];
  }
  for (const std::uint32_t id : {0u, 3u, 4'098u, 16'383u, 16'385u}) {
    EXPECT_EQ(paths.by_id(PathId{id}), nullptr) << id;
  }
}

}  // namespace
}  // namespace lapis
