// Changes of paths that are cut off: at every file operation the power goes, and the store opens
// again with everything that was there, and the change can be made.
#include <gtest/gtest.h>

#include <thread>

#include "unit/storage/chunk/pool_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class PathCrash : public test::PoolFixture {
 protected:
  // More operations than any of the changes takes.
  static constexpr std::uint64_t kMostOperations = 60;

  bool is_known(const std::string& name) {
    for (const PathStats& stats : store_->stats()) {
      if (stats.path == dir_ / name) return true;
    }
    return false;
  }
  std::string new_directory(std::uint64_t n) {
    const std::string name = "new" + std::to_string(n);
    std::filesystem::create_directories(dir_ / name);
    return name;
  }
};

TEST_F(PathCrash, WhileAPathIsAdded) {
  open();
  const Chunks kept = put_ok(test::body_text(9'000));
  bool was_cut = true;
  for (std::uint64_t n = 1; was_cut; ++n) {
    ASSERT_LT(n, kMostOperations);
    const std::string name = new_directory(n);
    simulated_.cut_power_at(n);
    const Result<void> added = add("flash", name);
    was_cut = !simulated_.has_power();
    EXPECT_TRUE(was_cut || added.has_value());
    crash(test::Unsynced::kSomeSectors);
    open();
    EXPECT_TRUE(*get(kept) == test::body_text(9'000)) << n;
    if (added.has_value()) EXPECT_TRUE(is_known(name)) << n;
    if (is_known(name)) continue;
    const Result<void> again = add("flash", name);
    EXPECT_TRUE(again.has_value()) << n << " " << to_string(again.error());
  }
}

TEST_F(PathCrash, WhileAPathComesBack) {
  open();
  const std::string body = test::body_text(9'000);
  const Chunks kept = put_on("second", body);
  bool was_cut = true;
  for (std::uint64_t n = 1; was_cut; ++n) {
    ASSERT_LT(n, kMostOperations);
    crash(test::Unsynced::kSomeSectors);
    const std::string superblock = hide("second");
    open();
    ASSERT_EQ(status("second"), PathStatus::kMissing) << n;
    simulated_.cut_power_at(n);
    // Showing it is one of the operations, and behind what the background does in the meantime.
    const bool is_shown = try_show("second", superblock);
    EXPECT_TRUE(eventually(
        [&] { return !simulated_.has_power() || status("second") == PathStatus::kOnline; }));
    was_cut = !simulated_.has_power();
    crash(test::Unsynced::kSomeSectors);
    if (!is_shown) show("second", superblock);
    open();
    EXPECT_EQ(status("second"), PathStatus::kOnline) << n;
    EXPECT_TRUE(*get(kept) == body) << n;
  }
}

TEST_F(PathCrash, WhileAPathIsRetired) {
  open();
  const Chunks kept = put_ok(test::body_text(9'000));
  bool was_cut = true;
  for (std::uint64_t n = 1; was_cut; ++n) {
    ASSERT_LT(n, kMostOperations);
    const std::string name = new_directory(n);
    ASSERT_TRUE(add("disks", name).has_value());
    ASSERT_TRUE(drain(name).has_value());
    ASSERT_TRUE(
        eventually([&] { return stats_of(name).accounted && stats_of(name).extents_open == 0; }));
    simulated_.cut_power_at(n);
    const Result<void> retired = retire(name);
    was_cut = !simulated_.has_power();
    crash(test::Unsynced::kSomeSectors);
    open();
    EXPECT_TRUE(*get(kept) == test::body_text(9'000)) << n;
    if (retired.has_value()) EXPECT_FALSE(is_known(name)) << n;
    if (!is_known(name)) continue;
    EXPECT_EQ(status(name), PathStatus::kDraining) << n;
    EXPECT_TRUE(retires(name)) << n;
  }
}

TEST_F(PathCrash, AChangeThatIsNotDurableIsNone) {
  open();
  meta_.rows().set_read_only(true);
  EXPECT_FALSE(drain("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kOnline);
  meta_.rows().set_read_only(false);
  ASSERT_TRUE(drain("second").has_value());
  meta_.rows().set_read_only(true);
  EXPECT_FALSE(resume("second").has_value());
  EXPECT_FALSE(retire("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kDraining);
  meta_.rows().set_read_only(false);
  put_ok("goes on");
}

// Every write finds another path, and every body is read back, while paths come and go under it.
TEST_F(PathCrash, DrainingFailsNoWrite) {
  open();
  std::atomic<bool> done = false;
  std::atomic<int> written = 0;
  const auto write = [&](test::TestShard& shard, std::uint64_t seed) {
    test::StoreCalls mine = calls();
    for (std::uint64_t i = 0; !done; ++i) {
      const std::string body = test::body_text(3'000 + i % 60'000, seed + i);
      const auto outcome = run_on(shard, [&]() -> io::Task<Result<std::string>> {
        LAPIS_CO_TRY(const Chunks chunks, co_await mine.put(body));
        co_return co_await mine.get(chunks);
      });
      ASSERT_TRUE(outcome.has_value()) << to_string(outcome.error());
      ASSERT_TRUE(*outcome == body);
      ++written;
    }
  };
  std::thread first([&] { write(shard0_, 1); });
  std::thread second([&] { write(shard1_, 1'000'000); });
  for (int i = 0; i < 100 || (written < 500 && i < 100'000); ++i) {
    const std::string name = i % 2 == 0 ? "pool" : "second";
    EXPECT_TRUE(drain(name).has_value());
    EXPECT_TRUE(resume(name).has_value());
  }
  ASSERT_TRUE(add("flash", "new").has_value());
  ASSERT_TRUE(drain("pool").has_value());
  ASSERT_TRUE(drain("second").has_value());
  const auto before = stats_of("pool").live_bytes + stats_of("second").live_bytes;
  put_on("new");
  done = true;
  first.join();
  second.join();
  // What had begun when they were drained at most.
  EXPECT_LE(stats_of("pool").live_bytes + stats_of("second").live_bytes, before + 300'000);
}

}  // namespace
}  // namespace lapis
