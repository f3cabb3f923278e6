// The tierer over a real chunk store: a small fast pool in front of a larger slow one.
#include "lapis/tier/tierer.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/storage/chunk/store_fixture.h"

namespace lapis::test {
namespace {

using tier::PoolPolicy;
using tier::PoolStatus;
using tier::Tierer;
using tier::TierOptions;

class TiererOver : public StoreFixture {
 protected:
  static constexpr std::uint64_t kFlashExtents = 24;

  TiererOver() {
    EXPECT_TRUE(files_->make_directories(dir_ / "disk").has_value());
    std::filesystem::create_directories(dir_ / "disk");
    std::filesystem::create_directories(dir_ / "second");
    EXPECT_TRUE(files_->make_directories(dir_ / "second").has_value());
    storage::ChunkStoreOptions both = options();
    both.pools[0].capacity_bytes = kFlashExtents * kExtent;
    storage::PoolOptions disk;
    disk.name = "disk";
    disk.pool_class = storage::PoolClass::kHdd;
    disk.paths = {dir_ / "disk"};
    disk.extent_bytes = kExtent;
    both.pools.push_back(disk);
    EXPECT_TRUE(try_open(both).has_value());
  }
  ~TiererOver() override {
    tierer_.reset();
    close();
  }

  void start(double high = 0.8, double low = 0.5) {
    TierOptions options;
    options.pools = {{.pool = "flash", .high = high, .low = low},
                     {.pool = "disk", .pool_class = storage::PoolClass::kHdd}};
    tierer_ = Tierer::start(options, *store_, *background_, clock_);
  }
  PoolStatus flash() const { return tierer_->status().pools.at(0); }

  template <class Condition>
  bool in_time(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  std::unique_ptr<Tierer> tierer_;
};

TEST_F(TiererOver, KeepsTheFastPoolBelowItsHighWatermark) {
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 100; ++i) {  // 20 MiB into 24
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
  }
  start();
  EXPECT_TRUE(in_time([&] {
    const PoolStatus now = flash();
    return now.size_bytes != 0 && now.demoted_chunks != 0 && !now.demoting &&
           now.used_bytes <= now.high_bytes;
  }));
  const PoolStatus now = flash();
  EXPECT_LE(now.live_bytes, now.low_bytes);
  EXPECT_GT(now.live_bytes, now.low_bytes / 2);  // and no more than that was moved
  EXPECT_EQ(now.below, "disk");
  // What was written first is what is coldest, as long as an hour has not passed.
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(TiererOver, LeavesAPoolAloneThatHasRoom) {
  for (std::uint64_t i = 0; i < 20; ++i) put_ok(body_text(200'000, i));
  start();
  ASSERT_TRUE(in_time([&] { return flash().size_bytes != 0; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  EXPECT_EQ(flash().demoted_chunks, 0u);
  EXPECT_FALSE(flash().demoting);
}

TEST_F(TiererOver, WritesGoOnWhileItWorks) {
  start();
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 400; ++i) {  // 80 MiB into 24
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
  }
  EXPECT_TRUE(
      in_time([&] { return !flash().demoting && flash().used_bytes <= flash().high_bytes; }));
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(TiererOver, SpaceOfTheDeadComesBackWithoutMovingDown) {
  std::vector<Chunks> bodies;
  for (std::uint64_t i = 0; i < 100; ++i) bodies.push_back(put_ok(body_text(200'000, i)));
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (i % 4 != 0) ASSERT_TRUE(remove(bodies[i]).has_value());
  }
  start();
  EXPECT_TRUE(in_time(
      [&] { return flash().compacted_bytes != 0 && flash().used_bytes <= flash().low_bytes; }));
  EXPECT_EQ(flash().demoted_chunks, 0u);
}

TEST_F(TiererOver, WhatIsReadAgainComesUp) {
  const std::string text = body_text(300'000, 7);
  const Chunks chunks = put_ok(text);
  struct Free final : storage::Pace {
    io::Task<bool> admit(std::uint64_t) override { co_return true; }
  } pace;
  ASSERT_TRUE(in_time([&] { return store_->stats().at(0).accounted; }));
  const PathId flash_path = store_->stats().at(0).id;
  const auto down = run_on(background_, [&]() -> io::Task<storage::MoveOutcome> {
    auto all = co_await store_->coldest(flash_path, 100, std::nullopt);
    co_return co_await store_->move(*all, {.pool = "disk"}, pace);
  });
  ASSERT_EQ(down.moved_chunks, chunks.size());
  start();
  ASSERT_EQ(get(chunks), text);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  EXPECT_EQ(flash().promoted_chunks, 0u);  // once is not again
  ASSERT_EQ(get(chunks), text);
  EXPECT_TRUE(in_time([&] { return flash().promoted_chunks == chunks.size(); }));
  EXPECT_EQ(store_->stats().at(1).live_bytes, 0u);
  EXPECT_EQ(get(chunks), text);
}

TEST_F(TiererOver, EmptiesADrainingPathWhileItIsReadAndWritten) {
  ASSERT_TRUE(run_on(background_, [&] { return store_->add_path("flash", dir_ / "second"); }));
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
  }
  const auto live_on_first = [&] { return store_->stats().at(0).live_bytes; };
  ASSERT_TRUE(in_time([&] { return store_->stats().at(0).accounted; }));
  ASSERT_GT(live_on_first(), 0u);
  start();
  ASSERT_TRUE(run_on(background_, [&] { return store_->drain_path(path()); }));
  for (std::uint64_t i = 60; i < 90; ++i) {
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
    EXPECT_EQ(get(bodies[i - 60].second), bodies[i - 60].first);
  }
  EXPECT_TRUE(in_time([&] { return live_on_first() == 0; }));
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
  // Its extents have to be recycled first: by the same background.
  EXPECT_TRUE(in_time([&] {
    return run_on(background_, [&] { return store_->retire_path(path()); }).has_value();
  }));
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(TiererOver, EndsWhileItMoves) {
  for (std::uint64_t i = 0; i < 100; ++i) put_ok(body_text(200'000, i));
  TierOptions options;
  options.pools = {{.pool = "flash", .high = 0.3, .low = 0.1, .bytes_per_second = 1 << 20},
                   {.pool = "disk", .pool_class = storage::PoolClass::kHdd}};
  tierer_ = Tierer::start(options, *store_, *background_, clock_);
  ASSERT_TRUE(in_time([&] { return flash().demoting; }));
  tierer_->stop();
  tierer_->stop();
}

}  // namespace
}  // namespace lapis::test
