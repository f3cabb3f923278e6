// Scrub over a whole store: what is damaged at rest is found, recorded, and forgotten again.
#include <gtest/gtest.h>

#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/scrub_rows.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class ScrubTest : public test::StoreFixture {
 protected:
  static constexpr std::uint64_t kUnlimited = 1ull << 50;

  void open_scrubbing(ScrubOptions scrub = {
                          .period = {}, .rate = kUnlimited, .min_rate = kUnlimited}) {
    ChunkStoreOptions with = options();
    with.scrub = scrub;
    const Result<void> opened = try_open(with);
    ASSERT_TRUE(opened) << to_string(opened.error());
  }
  ScrubStatus status() const { return store_->scrub_status(); }
  // A pass from the first chunk to its end.
  ScrubPass scrub() {
    const auto before = status().last;
    store_->start_scrub();
    EXPECT_TRUE(eventually([&] {
      const auto now = status();
      return !now.running && now.last && (!before || now.last->completed != before->completed);
    }));
    return status().last.value_or(ScrubPass{});
  }
  std::vector<DamagedChunk> damaged() { return list_damaged(meta_, {}, 1000).value(); }
  bool has_row(ChunkId chunk) { return meta_.rows().rows().contains(damage_key(chunk)); }

  void put_row(const std::string& key, const std::string& value) {
    Transaction put = [&](MetaView& view) -> Result<void> {
      view.put(key, value);
      return {};
    };
    const auto done = test::run_on(shard0_, [&] { return meta_.transact({}, std::move(put)); });
    ASSERT_TRUE(done);
  }
  ChunkRow row_of(ChunkId chunk) {
    return decode_chunk_row(meta_.rows().rows().at(chunk_key(chunk))).value();
  }
  void flip(ChunkId chunk, std::uint64_t byte) {
    const Place place = row_of(chunk).places.at(0);
    simulated_.flip_bit(extent_file(path(), place.extent), (place.offset + byte) * 8 + 3);
  }
};

TEST_F(ScrubTest, EveryChunkIsVerifiedAndNothingElse) {
  open_scrubbing();
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;
  for (const std::uint64_t length : {100, 20'000, 300'000, 700'000}) {
    for (const auto& chunk : put_ok(test::body_text(length, length))) {
      bytes += row_of(chunk.id).bytes_on_disk();
      ++chunks;
    }
  }
  ASSERT_TRUE(remove(put_ok(test::body_text(50'000))));
  const ScrubPass pass = scrub();
  EXPECT_EQ(pass.chunks, chunks);
  EXPECT_EQ(pass.bytes, bytes);
  EXPECT_EQ(pass.damaged, 0u);
  EXPECT_EQ(pass.skipped, 0u);
  EXPECT_GE(*pass.completed, pass.started);
  EXPECT_EQ(status().chunks_verified, chunks);
  EXPECT_EQ(status().bytes_verified, bytes);
}

TEST_F(ScrubTest, AnEmptyStoreIsDoneAtOnce) {
  open_scrubbing();
  EXPECT_EQ(scrub().chunks, 0u);
}

TEST_F(ScrubTest, AFlippedBitIsRecordedUntilItIsWholeAgain) {
  open_scrubbing();
  const Chunks other = put_ok(test::body_text(30'000, 2));
  const Chunks chunks = put_ok(test::body_text(3 * kUnitBytes + 100));
  const ChunkId id = chunks.at(0).id;
  flip(id, kFrameHeaderBytes + kUnitBytes + 17);
  const ScrubPass pass = scrub();
  EXPECT_EQ(pass.damaged, 1u);
  EXPECT_EQ(pass.chunks, 2u);
  EXPECT_EQ(status().damaged_chunks, 1u);
  EXPECT_EQ(status().damage_found, 1u);
  const auto found = damaged();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].chunk, id);
  EXPECT_EQ(found[0].finder, DamageFinder::kScrub);
  EXPECT_EQ(found[0].bad, (std::vector<ChunkRange>{{kUnitBytes, kUnitBytes}}));
  EXPECT_EQ(found[0].frame_offset, row_of(id).places.at(0).offset);
  ASSERT_TRUE(found[0].owner);
  EXPECT_EQ(found[0].owner->container, ContainerId{7});
  EXPECT_EQ(found[0].owner->tag, 9u);
  EXPECT_TRUE(*test::run_on(shard0_, [&] { return is_damaged(meta_, id); }));
  EXPECT_FALSE(*test::run_on(shard0_, [&] { return is_damaged(meta_, other[0].id); }));

  scrub();  // found again: still one, found when it first was
  EXPECT_EQ(status().damaged_chunks, 1u);
  EXPECT_EQ(damaged().at(0).found, found[0].found);

  flip(id, kFrameHeaderBytes + kUnitBytes + 17);
  EXPECT_EQ(scrub().damaged, 0u);
  EXPECT_EQ(status().damaged_chunks, 0u);
  EXPECT_TRUE(damaged().empty());
}

// Readers do not need what describes the frame; a mover, or a scan without the metadata, does.
TEST_F(ScrubTest, DamageAroundTheBytesIsTold) {
  open_scrubbing();
  const std::string body = test::body_text(20'000);
  const Chunks chunks = put_ok(body);
  for (const std::uint64_t at : {16ull, kFrameHeaderBytes + 20'000ull}) {
    flip(chunks[0].id, at);
    EXPECT_EQ(scrub().damaged, 1u) << at;
    EXPECT_TRUE(damaged().at(0).bad.empty());
    EXPECT_EQ(*get(chunks), body);
    flip(chunks[0].id, at);
  }
}

TEST_F(ScrubTest, APlaceThatHoldsNoFrameIsDamage) {
  open_scrubbing();
  const Chunks chunks = put_ok(test::body_text(20'000));
  const Place place = row_of(chunks[0].id).places.at(0);
  const std::vector<std::byte> zeros(24'576);
  test::run_on(background_, [&]() -> io::Task<void> {
    auto file = simulated_.open(extent_file(path(), place.extent), {.writable = true});
    EXPECT_TRUE((co_await (*file)->write_at(place.offset, zeros)).has_value());
  });
  scrub();
  const auto found = damaged();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].bad, (std::vector<ChunkRange>{{0, 20'000}}));
  EXPECT_FALSE(found[0].owner);
}

struct OddPlace {
  const char* name;
  Place place;
};

class OddPlaces : public ScrubTest, public testing::WithParamInterface<OddPlace> {};

TEST_P(OddPlaces, AreDamage) {
  open_scrubbing();
  ChunkRow row = row_of(put_ok(test::body_text(20'000)).at(0).id);
  row.places = {GetParam().place};
  put_row(chunk_key(ChunkId{1'000'000}), encode(row));
  const ScrubPass pass = scrub();
  EXPECT_EQ(pass.skipped, 0u);
  EXPECT_EQ(pass.damaged, 1u);
  EXPECT_EQ(status().damaged_chunks, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Places, OddPlaces,
    testing::Values(OddPlace{"PathThatIsNotThere", {PathId{99}, ExtentId{1}, 1, 4096}},
                    OddPlace{"ExtentThatIsNotThere", {PathId{1}, ExtentId{999}, 1, 4096}},
                    OddPlace{"OtherGeneration", {PathId{1}, ExtentId{1}, 77, 4096}},
                    OddPlace{"BeyondTheExtent", {PathId{1}, ExtentId{1}, 1, 1 << 20}},
                    OddPlace{"NotAligned", {PathId{1}, ExtentId{1}, 1, 4097}},
                    OddPlace{"AnotherChunks", {PathId{1}, ExtentId{1}, 1, 4096}}),
    [](const auto& p) { return std::string(p.param.name); });

TEST_F(ScrubTest, ADiskThatCannotReadIsDamageAndAnErrorThatPassesIsNot) {
  open_scrubbing();
  const Chunks chunks = put_ok(test::body_text(100'000));
  simulated_.fail({.op = test::FileOp::kRead, .path_part = "extents"});
  EXPECT_EQ(scrub().damaged, 0u);
  simulated_.fail({.op = test::FileOp::kRead, .times = test::kForEver, .path_part = "extents"});
  EXPECT_EQ(scrub().damaged, 1u);
  EXPECT_EQ(damaged().at(0).bad, (std::vector<ChunkRange>{{0, 100'000}}));
  simulated_.clear_faults();
  scrub();
  EXPECT_TRUE(damaged().empty());
}

TEST_F(ScrubTest, AReadThatFailsIsRecordedWithoutAPass) {
  open_scrubbing();
  const Chunks chunks = put_ok(test::body_text(100'000));
  flip(chunks[0].id, kFrameHeaderBytes + 50'000);
  EXPECT_FALSE(get(chunks).has_value());
  ASSERT_TRUE(eventually([&] { return status().damaged_chunks == 1; }));
  ASSERT_TRUE(eventually([&] { return has_row(chunks[0].id); }));
  const auto found = damaged().at(0);
  EXPECT_EQ(found.finder, DamageFinder::kRead);
  EXPECT_EQ(found.bad, (std::vector<ChunkRange>{{3 * kUnitBytes, kUnitBytes}}));
  EXPECT_FALSE(status().last || status().running);
}

TEST_F(ScrubTest, ReleasedChunksTakeTheirDamageAlong) {
  open_scrubbing();
  const Chunks chunks = put_ok(test::body_text(20'000));
  flip(chunks[0].id, kFrameHeaderBytes);
  scrub();
  ASSERT_TRUE(has_row(chunks[0].id));
  ASSERT_TRUE(remove(chunks));
  EXPECT_FALSE(has_row(chunks[0].id));
  EXPECT_EQ(status().damaged_chunks, 0u);
  EXPECT_EQ(scrub().chunks, 0u);
}

TEST_F(ScrubTest, RecordsOfChunksThatAreGoneGoWithThePass) {
  const DamageRow row{clock_.now(), DamageFinder::kScrub, {PathId{1}, ExtentId{1}, 1, 4096}, {}, {},
                      "x"};
  put_row(damage_key(ChunkId{12'345}), encode(row));
  open_scrubbing();
  EXPECT_EQ(status().damaged_chunks, 1u);
  scrub();
  EXPECT_FALSE(has_row(ChunkId{12'345}));
  EXPECT_EQ(status().damaged_chunks, 0u);
}

TEST_F(ScrubTest, WhatIsKnownOutlivesARestart) {
  open_scrubbing();
  const Chunks chunks = put_ok(test::body_text(20'000));
  flip(chunks[0].id, kFrameHeaderBytes);
  const ScrubPass pass = scrub();
  close();
  open_scrubbing();
  EXPECT_EQ(status().damaged_chunks, 1u);
  ASSERT_TRUE(status().last);
  EXPECT_EQ(status().last->completed, pass.completed);
  EXPECT_EQ(status().last->chunks, 1u);
  ASSERT_TRUE(remove(chunks));
  EXPECT_EQ(status().damaged_chunks, 0u);
}

TEST_F(ScrubTest, APassGoesOnWhereItWas) {
  open_scrubbing();
  std::vector<ChunkId> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(put_ok(test::body_text(20'000, i)).at(0).id);
  close();
  ScrubRow row;
  row.running = ScrubPass{.started = clock_.now(), .chunks = 6, .bytes = 6 * 24'576};
  row.next_chunk = ids[6];
  row.at_full_rate = true;
  put_row(scrub_key(), encode(row));
  open_scrubbing();
  ASSERT_TRUE(eventually([&] { return status().last.has_value(); }));
  EXPECT_EQ(status().last->chunks, 10u);
  EXPECT_EQ(status().last->started, row.running->started);
  EXPECT_EQ(status().chunks_verified, 4u);
}

TEST_F(ScrubTest, PassesBeginByThemselvesWhereEnabled) {
  open();
  put_ok(test::body_text(20'000));
  close();
  open_scrubbing({.enabled = true, .period = {}, .rate = kUnlimited, .min_rate = kUnlimited});
  EXPECT_TRUE(eventually([&] { return status().last.has_value(); }));
  EXPECT_EQ(status().last->chunks, 1u);
}

TEST_F(ScrubTest, ClosingDoesNotWaitForAPass) {
  open_scrubbing({.enabled = false, .period = std::chrono::hours(1), .rate = 1, .min_rate = 1});
  put_ok(test::body_text(200'000));
  put_ok(test::body_text(200'000));
  store_->start_scrub();
  ASSERT_TRUE(eventually([&] { return status().running.has_value(); }));
  const Instant begin = clock_.instant();
  close();
  EXPECT_LT(clock_.instant() - begin, std::chrono::seconds(20));
}

// Under load, with extents that are recycled while they are verified, nothing is called damaged.
TEST_F(ScrubTest, WhatIsReleasedMeanwhileIsNotDamage) {
  open_scrubbing();
  for (int round = 0; round < 20; ++round) {
    std::vector<Chunks> bodies;
    for (int i = 0; i < 8; ++i) bodies.push_back(put_ok(test::body_text(150'000, i)));
    store_->start_scrub();
    for (const Chunks& chunks : bodies) ASSERT_TRUE(remove(chunks));
  }
  ASSERT_TRUE(eventually([&] { return !status().running; }));
  EXPECT_EQ(scrub().damaged, 0u);
  EXPECT_EQ(status().damage_found, 0u);
  EXPECT_EQ(status().damaged_chunks, 0u);
}

}  // namespace
}  // namespace lapis
