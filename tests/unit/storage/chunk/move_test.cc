// Moving chunks between pools, over disks that lose power and fail on demand.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis::test {
namespace {

using storage::ColdChunk;
using storage::MoveOutcome;

// Lets everything through, or stops after some pieces.
struct CountedPace final : storage::Pace {
  io::Task<bool> admit(std::uint64_t bytes) override {
    admitted += bytes;
    co_return pieces_left-- > 0;
  }
  int pieces_left = 1 << 30;
  std::uint64_t admitted = 0;
};

class Move : public StoreFixture {
 protected:
  explicit Move(std::uint64_t extent_bytes = kExtent) {
    extent_bytes_ = extent_bytes;
    EXPECT_TRUE(files_->make_directories(disk_path()).has_value());
    std::filesystem::create_directories(disk_path());
    open();
  }
  ~Move() override { close(); }
  std::filesystem::path disk_path() const { return dir_ / "disk"; }
  storage::ChunkStoreOptions two_pools() const {
    storage::ChunkStoreOptions both = options();
    storage::PoolOptions disk;
    disk.name = "disk";
    disk.pool_class = storage::PoolClass::kHdd;
    disk.paths = {disk_path()};
    disk.extent_bytes = extent_bytes_;
    both.pools.push_back(disk);
    return both;
  }
  void open() {
    const Result<void> opened = try_open(two_pools());
    if (!opened) throw std::runtime_error(to_string(opened.error()));
  }
  void reopen() {
    close();
    open();
  }
  PathId flash() { return store_->stats().at(0).id; }
  PathId disk() { return store_->stats().at(1).id; }

  std::vector<ColdChunk> coldest(PathId path, std::size_t limit = 1000) {
    auto found = run_on(background_, [&] { return store_->coldest(path, limit, std::nullopt); });
    EXPECT_TRUE(found.has_value());
    return found ? *found : std::vector<ColdChunk>{};
  }
  MoveOutcome move(std::vector<ColdChunk> chunks, std::string pool = "disk") {
    return run_on(background_, [&]() -> io::Task<MoveOutcome> {
      co_return co_await store_->move(chunks, {.pool = pool}, pace_);
    });
  }
  Result<void> note_uses() {
    return run_on(background_, [&] { return store_->note_uses(); });
  }
  storage::ChunkRow row_of(ChunkId chunk) {
    const auto stored = meta_.rows().snapshot()->get(storage::chunk_key(chunk));
    return storage::decode_chunk_row(**stored).value();
  }
  bool lies_on(const Chunks& chunks, PathId path) {
    return std::ranges::all_of(chunks, [&](const storage::ChunkRef& chunk) {
      const auto row = row_of(chunk.id);
      return row.places.size() == 1 && row.places.front().path == path;
    });
  }

  CountedPace pace_;
};

TEST_F(Move, MovesBodiesOfEverySize) {
  // Small frames share a buffer; the last is streamed, in several chunks.
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (const std::uint64_t length : {1ull, 4'000ull, 20'000ull, 100'000ull, 700'000ull}) {
    const std::string text = body_text(length, length);
    bodies.emplace_back(text, put_ok(text));
  }
  const auto cold = coldest(flash());
  const MoveOutcome outcome = move(cold);
  EXPECT_TRUE(outcome.ended.has_value());
  EXPECT_EQ(outcome.moved_chunks, cold.size());
  EXPECT_EQ(outcome.gone_chunks, 0u);
  EXPECT_GE(pace_.admitted, outcome.moved_bytes);
  for (const auto& [text, chunks] : bodies) {
    EXPECT_TRUE(lies_on(chunks, disk()));
    EXPECT_EQ(get(chunks), text);
  }
  EXPECT_TRUE(coldest(flash()).empty());
  EXPECT_EQ(coldest(disk()).size(), cold.size());
  reopen();
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(Move, MovedBytesCountWhereTheyLie) {
  const Chunks chunks = put_ok(body_text(200'000));
  ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  const auto before = store_->stats();
  move(coldest(flash()));
  const auto after = store_->stats();
  EXPECT_GT(before.at(0).live_bytes, 200'000u);
  EXPECT_EQ(after.at(0).live_bytes, 0u);
  EXPECT_EQ(after.at(1).live_bytes, before.at(0).live_bytes);
}

TEST_F(Move, TheOldPlaceIsUsedAgain) {
  ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 20; ++i) {  // several extents' worth
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
  }
  move(coldest(flash()));
  EXPECT_TRUE(eventually([&] { return store_->stats().at(0).extents_free >= 2; }));
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(Move, AReaderKeepsTheOldPlace) {
  ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  const std::string text = body_text(250'000);
  const Chunks chunks = put_ok(text);
  std::unique_ptr<io::BufferSource> reader;
  std::string got;
  run_on(shard0_, [&]() -> io::Task<void> {
    auto opened =
        co_await store_->read(std::make_unique<ListedSlices>(slices_of(chunks, 0, ~0ull)));
    reader = std::move(*opened);
    got += as_text(*co_await reader->next());
  });
  EXPECT_EQ(move(coldest(flash())).moved_chunks, chunks.size());
  for (std::uint64_t i = 0; i < 8; ++i) put_ok(body_text(250'000, i + 50));
  run_on(shard0_, [&]() -> io::Task<void> {
    while (true) {
      const auto bytes = co_await reader->next();
      EXPECT_TRUE(bytes.has_value());
      if (!bytes || bytes->empty()) break;
      got += as_text(*bytes);
    }
    reader.reset();
  });
  EXPECT_EQ(got, text);
}

TEST_F(Move, WhatWasDeletedMeanwhileStaysGone) {
  const Chunks kept = put_ok(body_text(50'000, 1));
  const Chunks deleted = put_ok(body_text(50'000, 2));
  const auto cold = coldest(flash());
  ASSERT_TRUE(remove(deleted).has_value());
  const MoveOutcome outcome = move(cold);
  EXPECT_EQ(outcome.moved_chunks, 1u);
  EXPECT_EQ(outcome.gone_chunks, 1u);
  EXPECT_EQ(get(kept), body_text(50'000, 1));
  EXPECT_FALSE(get(deleted));
  EXPECT_EQ(coldest(disk()).size(), 1u);
}

TEST_F(Move, NeighboursAreReadInOnePiece) {
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::string text = body_text(100, i);
    bodies.emplace_back(text, put_ok(text));
  }
  ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  const auto cold = coldest(flash());
  const std::uint64_t before = simulated_.count(FileOp::kRead);
  EXPECT_EQ(move(cold).moved_chunks, 100u);
  EXPECT_LE(simulated_.count(FileOp::kRead) - before, 3u);  // they may lie in two extents
  for (const auto& [text, chunks] : bodies) EXPECT_EQ(get(chunks), text);
}

TEST_F(Move, ADamagedNeighbourStaysAndTheOthersGo) {
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::string text = body_text(5'000 + 300 * i, i);
    bodies.emplace_back(text, put_ok(text));
  }
  const Chunks damaged = bodies[7].second;
  const storage::Place place = row_of(damaged.at(0).id).places.at(0);
  simulated_.flip_bit(storage::extent_file(path(), place.extent), (place.offset + 500) * 8);
  const MoveOutcome outcome = move(coldest(flash()));
  EXPECT_TRUE(outcome.ended.has_value());
  EXPECT_EQ(outcome.moved_chunks, 19u);
  EXPECT_EQ(outcome.unmovable, std::vector<ChunkId>{damaged.at(0).id});
  EXPECT_TRUE(lies_on(damaged, flash()));
  std::map<std::uint64_t, std::uint64_t> frames;  // where each begins, and ends
  for (const auto& [text, chunks] : bodies) {
    if (chunks.at(0).id == damaged.at(0).id) continue;
    EXPECT_TRUE(lies_on(chunks, disk()));
    EXPECT_EQ(get(chunks), text);
    const storage::ChunkRow row = row_of(chunks.at(0).id);
    const std::uint64_t begin = row.places.at(0).offset;
    frames[begin] = begin + row.bytes_on_disk();
  }
  // One behind the other: a walk of the extent finds each.
  EXPECT_EQ(frames.size(), 19u);
  for (auto next = std::next(frames.begin()); next != frames.end(); ++next) {
    EXPECT_EQ(std::prev(next)->second, next->first);
  }
}

TEST_F(Move, StopsWhereItIsToldTo) {
  for (std::uint64_t i = 0; i < 6; ++i) put_ok(body_text(200'000, i));
  pace_.pieces_left = 1;
  const MoveOutcome outcome = move(coldest(flash()));
  EXPECT_FALSE(outcome.ended.has_value());
  EXPECT_LT(outcome.moved_chunks, 6u);
  EXPECT_EQ(coldest(flash()).size() + coldest(disk()).size(), 6u);
}

TEST_F(Move, ReadMakesWarm) {
  const Chunks first = put_ok(body_text(50'000, 1));
  put_ok(body_text(50'000, 2));
  ASSERT_EQ(coldest(flash()).front().id, first.front().id);
  ASSERT_TRUE(get(first).has_value());
  ASSERT_TRUE(note_uses().has_value());
  // The same hour: nothing changes. An hour cannot be waited for here; Uses' and HeatRows' own
  // tests see to the rest.
  EXPECT_EQ(coldest(flash()).size(), 2u);
}

TEST_F(Move, CompactionEmptiesSparseExtents) {
  ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  std::vector<std::pair<std::string, Chunks>> bodies;
  for (std::uint64_t i = 0; i < 24; ++i) {
    const std::string text = body_text(200'000, i);
    bodies.emplace_back(text, put_ok(text));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (i % 4 != 0) ASSERT_TRUE(remove(bodies[i].second).has_value());
  }
  const auto before = store_->stats().at(0);
  int runs = 0;
  while (true) {
    const auto outcome = run_on(background_, [&] { return store_->compact(flash(), 0.5, pace_); });
    if (!outcome) break;
    EXPECT_TRUE(outcome->ended.has_value());
    ASSERT_LT(++runs, 20);
  }
  EXPECT_GT(runs, 1);
  EXPECT_TRUE(eventually([&] {
    const auto now = store_->stats().at(0);
    return now.extents_free > before.extents_free && now.dead_bytes < before.dead_bytes;
  }));
  for (std::size_t i = 0; i < bodies.size(); i += 4) {
    EXPECT_EQ(get(bodies[i].second), bodies[i].first);
  }
}

// A store of twelve extents, and none elsewhere, that is full.
class FullStore : public Move {
 protected:
  static constexpr std::uint64_t kRoom = 900'000;  // an extent

  // Of which half is more than is moved in one piece.
  FullStore() : Move(4 * kExtent) {
    close();
    full_.pools[0].capacity_bytes = 12 * extent_bytes_;
    full_.pools[1].min_free_bytes = 1ull << 50;
    start();
  }
  void start() {
    ASSERT_TRUE(try_open(full_).has_value());
    ASSERT_TRUE(eventually([&] { return store_->stats().at(0).accounted; }));
  }

  // From both shards, several at once, until each is refused.
  void fill() {
    const auto fill_from = [this](auto& shard) { run_on(shard, [&] { return fill_by(4); }); };
    std::thread other([&] { fill_from(shard1_); });
    fill_from(shard0_);
    other.join();
    EXPECT_FALSE(store_->has_room(kRoom));
  }
  // Here and there, so that a part of every extent dies.
  void remove_half(int round) {
    std::vector<Stored> kept;
    for (const Stored& one : stored_) {
      if ((one.seed * 0x9e3779b97f4a7c15 >> (32 + round)) % 2 != 0) {
        kept.push_back(one);
      } else {
        ASSERT_TRUE(remove(one.chunks).has_value());
      }
    }
    stored_ = std::move(kept);
  }
  bool compact() {
    const auto outcome = run_on(background_, [&] { return store_->compact(flash(), 0.75, pace_); });
    return !outcome || outcome->ended.has_value();
  }
  bool makes_room() {
    return eventually([&] { return compact() && store_->has_room(kRoom); });
  }
  void expect_all() {
    for (const Stored& one : stored_) ASSERT_EQ(get(one.chunks), body_text(200'000, one.seed));
  }

  struct Stored {
    std::uint64_t seed;
    Chunks chunks;
  };
  std::vector<Stored> stored_;

 private:
  io::Task<void> fill_by(int writers) {
    io::TaskGroup group;
    for (int i = 0; i < writers; ++i) (void)group.spawn(write_until_refused());
    co_await group.close();
  }
  io::Task<void> write_until_refused() {
    auto calls = this->calls();
    while (true) {
      const std::uint64_t seed = seed_.fetch_add(1);
      const std::string text = body_text(200'000, seed);
      const auto chunks = co_await calls.put(text);
      if (!chunks) {
        EXPECT_EQ(chunks.error().code, ErrorCode::kInsufficientStorage);
        co_return;
      }
      const std::lock_guard lock(mutex_);
      stored_.push_back({seed, *chunks});
    }
  }

  storage::ChunkStoreOptions full_ = two_pools();
  std::atomic<std::uint64_t> seed_ = 0;
  std::mutex mutex_;  // of `stored_` while it fills
};

// Of extents that are all dead in part none comes back by itself: what lives in one has to go
// somewhere.
TEST_F(FullStore, GetsRoomByCompaction) {
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    fill();
    const std::size_t before = stored_.size();
    EXPECT_GE(before, 20u);
    remove_half(round);
    EXPECT_TRUE(makes_room());
    expect_all();
  }
}

// What was begun to be emptied lies in part where it was then, and in part in the last extent.
TEST_F(FullStore, GetsRoomAfterACompactionThatWasBrokenOff) {
  int broken_off = 0;
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    fill();
    remove_half(round);
    pace_.pieces_left = 5;  // as many as are written in one piece
    if (!compact()) ++broken_off;
    pace_.pieces_left = 1 << 30;
    close();
    start();
    EXPECT_TRUE(makes_room());
    expect_all();
  }
  EXPECT_GT(broken_off, 0);
}

}  // namespace
}  // namespace lapis::test
