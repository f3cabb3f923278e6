// Paths that are not there when the store is opened: the rest serves, and they come back without a
// restart, once they are known to be what they were.
#include <gtest/gtest.h>

#include "unit/storage/chunk/pool_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class MissingPath : public test::PoolFixture {};

TEST_F(MissingPath, AMissingPathFailsItsReadersOnlyAndComesBack) {
  open();
  const std::string body = test::body_text(200'000);
  const Chunks here = put_on("pool", body);
  const Chunks away = put_on("second", body);
  close();
  const std::string superblock = hide("second");
  std::filesystem::remove(dir_ / "second" / "lock");
  open();
  EXPECT_EQ(status("second"), PathStatus::kMissing);
  EXPECT_NE(stats_of("second").problem.find("mounted"), std::string::npos);
  EXPECT_TRUE(*get(here) == body);
  const auto refused = get(away);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  EXPECT_NE(refused.error().detail.find((dir_ / "second").string()), std::string::npos);
  EXPECT_TRUE(lies_on(put_ok(body), "pool"));
  // Nothing was written into the bare mount point.
  EXPECT_FALSE(std::filesystem::exists(dir_ / "second" / "lock"));
  EXPECT_FALSE(*simulated_.exists(dir_ / "second" / kSuperblockName));

  show("second", superblock);
  ASSERT_TRUE(eventually([&] { return status("second") == PathStatus::kOnline; }));
  EXPECT_EQ(stats_of("second").problem, "");
  EXPECT_TRUE(*get(away) == body);
  put_on("second");
  reopen();
  EXPECT_TRUE(*get(away) == body);
}

TEST_F(MissingPath, WhatIsDeletedWhileItsPathIsMissingIsFreeWhenItIsBack) {
  open();
  const std::string body = test::body_text(200'000);
  std::vector<Chunks> kept;
  std::vector<Chunks> dropped;
  for (int i = 0; i < 24; ++i) dropped.push_back(put_on("second", body));
  for (int i = 0; i < 3; ++i) kept.push_back(put_on("second", body));
  ASSERT_TRUE(eventually([&] { return stats_of("second").accounted; }));
  const std::uint64_t live = stats_of("second").live_bytes;
  close();
  const std::string superblock = hide("second");
  open();
  ASSERT_TRUE(eventually([&] { return stats_of("second").accounted; }));
  EXPECT_EQ(stats_of("second").live_bytes, live);  // counted, though nothing of it can be read
  const std::uint64_t free = stats_of("second").extents_free;
  for (const Chunks& chunks : dropped) ASSERT_TRUE(remove(chunks).has_value());
  EXPECT_EQ(stats_of("second").extents_free, free);
  show("second", superblock);
  ASSERT_TRUE(eventually([&] { return stats_of("second").extents_free >= free + 2; }));
  for (int i = 0; i < 40; ++i) put_ok(test::body_text(200'000, 7));
  for (const Chunks& chunks : kept) EXPECT_TRUE(*get(chunks) == body);
  reopen();
  for (const Chunks& chunks : kept) EXPECT_TRUE(*get(chunks) == body);
}

TEST_F(MissingPath, WhatComesInsteadOfAMissingPathIsRefusedAndTheRestGoesOn) {
  open();
  const Chunks away = put_on("second", "mine");
  close();
  const std::string superblock = hide("second");
  open();
  Superblock other = *decode_superblock(superblock);
  other.store = Guid::make().to_string();
  const auto refused_for = [&](const std::string& word) {
    return eventually([&] { return stats_of("second").problem.find(word) != std::string::npos; });
  };
  show("second", encode(other));
  EXPECT_TRUE(refused_for("another store"));
  EXPECT_EQ(*simulated_.read_file(dir_ / "second" / kSuperblockName, 4096), encode(other));
  other = *decode_superblock(superblock);
  --other.generation;
  show("second", encode(other));
  EXPECT_TRUE(refused_for("older copy"));
  other = *decode_superblock(*simulated_.read_file(dir_ / "pool" / kSuperblockName, 4096));
  show("second", encode(other));
  EXPECT_TRUE(refused_for("exchanged"));
  EXPECT_EQ(status("second"), PathStatus::kMissing);
  put_ok("the rest goes on");
  EXPECT_EQ(get(away).error().code, ErrorCode::kServerBusy);
  show("second", superblock);
  EXPECT_TRUE(eventually([&] { return status("second") == PathStatus::kOnline; }));
  EXPECT_EQ(*get(away), "mine");
}

TEST_F(MissingPath, AMissingPathMayBeMissingForSeveralStarts) {
  open();
  const Chunks away = put_on("second", "patient");
  crash(test::Unsynced::kKept);  // with extents that are open
  const std::string superblock = hide("second");
  for (int i = 0; i < 3; ++i) {
    open();
    put_ok("meanwhile");
    close();
  }
  show("second", superblock);
  open();
  EXPECT_EQ(status("second"), PathStatus::kOnline);
  EXPECT_EQ(*get(away), "patient");
}

TEST_F(MissingPath, AMissingPathIsDrainedWhenItComesBack) {
  open();
  close();
  const std::string superblock = hide("second");
  open();
  ASSERT_TRUE(drain("second").has_value());
  EXPECT_EQ(status("second"), PathStatus::kMissing);
  show("second", superblock);
  EXPECT_TRUE(eventually([&] { return status("second") == PathStatus::kDraining; }));
}

// The metadata loses commits while the one path that can prove it is away.
class LostWhileAway : public test::PoolFixture {
 protected:
  void SetUp() override {
    options_.pools[0].paths = {dir_ / "second"};
    options_.pools[1].paths = {dir_ / "disk"};
    open();
    const auto rows = meta_.rows().rows();
    const std::uint64_t commits = meta_.durable_sequence().value;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(lies_on(put_ok("to be lost"), "second"));
    crash(test::Unsynced::kKept);
    meta_.lose_commits(rows, commits);
    superblock_ = hide("second");
    open();
    for (int i = 0; i < 30; ++i) put_ok("committed since");  // on the disk
  }
  std::string superblock_;
};

TEST_F(LostWhileAway, KeepsThePathOutWhileRunning) {
  show("second", superblock_);
  const auto is_told = [&] {
    return stats_of("second").problem.find("commits were lost") != std::string::npos;
  };
  EXPECT_TRUE(eventually(is_told));
  EXPECT_EQ(status("second"), PathStatus::kMissing);
  EXPECT_EQ(*simulated_.read_file(dir_ / "second" / kSuperblockName, 4096), superblock_);
  put_ok("the rest goes on");
}

TEST_F(LostWhileAway, RefusesTheNextStartAndTheOneAfter) {
  reopen();  // still away
  put_ok("more");
  close();
  show("second", superblock_);
  expect_refused("acknowledged commits were lost");
  expect_refused("acknowledged commits were lost");
  options_.accept_lost_commits = true;
  open();
  EXPECT_EQ(status("second"), PathStatus::kOnline);
  options_.accept_lost_commits = false;
  reopen();
}

TEST_F(MissingPath, OpeningsThatAreCutOffAreNoEvidenceOfLostCommits) {
  open();
  const Chunks chunks = put_ok("kept");
  close();
  for (int i = 0; i < 3; ++i) {
    meta_.rows().set_read_only(true);
    EXPECT_FALSE(try_open(options_).has_value());
    meta_.rows().set_read_only(false);
  }
  open();
  EXPECT_EQ(*get(chunks), "kept");
}

}  // namespace
}  // namespace lapis
