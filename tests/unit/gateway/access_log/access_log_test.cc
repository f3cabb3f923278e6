#include "lapis/gateway/access_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/manual_clock.h"
#include "support/temp_dir.h"
#include "unit/gateway/access_log/facts_fixture.h"

namespace lapis::gateway {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class AccessLogTest : public testing::Test {
 protected:
  std::unique_ptr<AccessLog> open(std::filesystem::path path, std::size_t shards = 1,
                                  std::size_t ring_bytes = 1 << 20) {
    return AccessLog::open({std::move(path), ring_bytes}, shards, clock_, CycleScale(1.0)).value();
  }

  test::TempDir dir_;
  test::ManualClock clock_;
  SampleFacts sample_;
};

TEST_F(AccessLogTest, WritesALineForEachRequestOfEachShard) {
  const auto log = open(dir_.path() / "log", 2);
  for (int i = 0; i < 100; ++i) log->shard(static_cast<std::size_t>(i % 2)).add(sample_.facts());
  log->stop();
  const auto lines = lines_of(dir_.path() / "log");
  ASSERT_EQ(lines.size(), 100u);
  for (const auto& line : lines) EXPECT_EQ(nlohmann::json::parse(line)["ObjectKey"], "/team/box/b");
  EXPECT_EQ(log->stats().lines, 100u);
  EXPECT_EQ(log->stats().dropped_full, 0u);
}

TEST_F(AccessLogTest, AppendsToWhatIsThere) {
  for (int i = 0; i < 2; ++i) {
    const auto log = open(dir_.path() / "log");
    log->shard(0).add(sample_.facts());
  }
  EXPECT_EQ(lines_of(dir_.path() / "log").size(), 2u);
}

TEST_F(AccessLogTest, RefusesAFileThatCannotBeOpened) {
  const auto log = AccessLog::open({dir_.path() / "none" / "log"}, 1, clock_, CycleScale(1.0));
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().detail.find("none/log"), std::string::npos);
}

TEST_F(AccessLogTest, OpensTheFileAnewAfterItWasRenamed) {
  const auto log = open(dir_.path() / "log");
  log->shard(0).add(sample_.facts());
  while (log->stats().lines < 1) std::this_thread::yield();
  std::filesystem::rename(dir_.path() / "log", dir_.path() / "log.1");
  ASSERT_TRUE(log->reopen());
  // Until the thread has taken it over, lines may still go to the old one.
  while (lines_of(dir_.path() / "log").empty()) {
    log->shard(0).add(sample_.facts());
    std::this_thread::yield();
  }
  log->stop();
  EXPECT_GE(lines_of(dir_.path() / "log.1").size(), 1u);
  EXPECT_EQ(lines_of(dir_.path() / "log").size() + lines_of(dir_.path() / "log.1").size(),
            log->stats().lines);
}

TEST_F(AccessLogTest, KeepsTheOldFileWhereTheNewOneCannotBeOpened) {
  std::filesystem::create_directory(dir_.path() / "logs");
  const auto log = open(dir_.path() / "logs" / "log");
  std::filesystem::rename(dir_.path() / "logs", dir_.path() / "moved");
  EXPECT_FALSE(log->reopen());
  log->shard(0).add(sample_.facts());
  log->stop();
  EXPECT_EQ(lines_of(dir_.path() / "moved" / "log").size(), 1u);
}

// /dev/full: every write says that the disk is full.
TEST_F(AccessLogTest, FullDiskDropsLinesAndCountsThem) {
  const auto log = open("/dev/full");
  for (int i = 0; i < 10; ++i) log->shard(0).add(sample_.facts());
  log->stop();
  EXPECT_EQ(log->stats().lines, 0u);
  EXPECT_EQ(log->stats().dropped_failed, 10u);
}

TEST_F(AccessLogTest, RingThatIsFullDropsAndCounts) {
  const auto log = open(dir_.path() / "log", 1, 1024);
  for (int i = 0; i < 1000; ++i) log->shard(0).add(sample_.facts());
  log->stop();
  const AccessLogStats stats = log->stats();
  EXPECT_GT(stats.dropped_full, 0u);
  EXPECT_EQ(stats.lines + stats.dropped_full, 1000u);
  EXPECT_EQ(lines_of(dir_.path() / "log").size(), stats.lines);
}

}  // namespace
}  // namespace lapis::gateway
