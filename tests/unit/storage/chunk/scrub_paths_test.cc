// Scrub where paths are missing, and where chunks move between them.
#include <gtest/gtest.h>

#include "lapis/storage/tables.h"
#include "storage/chunk/path_state.h"
#include "unit/storage/chunk/pool_fixture.h"

namespace lapis {
namespace {

using namespace storage;

struct Unhurried final : Pace {
  io::Task<bool> admit(std::uint64_t) override { co_return true; }
};

class ScrubPaths : public test::PoolFixture {
 protected:
  ScrubPaths() { options_.scrub.rate = options_.scrub.min_rate = 1ull << 50; }

  std::uint64_t chunk_rows() {
    std::uint64_t rows = 0;
    for (const auto& [key, value] : meta_.rows().rows()) rows += key[0] == char(Table::kChunk);
    return rows;
  }
  // All that lies on the paths of these names.
  MoveOutcome move(const std::vector<std::string>& from, const std::string& to) {
    return test::run_on(background_, [&]() -> io::Task<MoveOutcome> {
      std::vector<ColdChunk> chunks;
      for (const std::string& name : from) {
        const auto found = co_await store_->coldest(stats_of(name).id, 1000, std::nullopt);
        EXPECT_TRUE(found.has_value());
        if (found) chunks.insert(chunks.end(), found->begin(), found->end());
      }
      co_return co_await store_->move(std::move(chunks), {.pool = to}, pace_);
    });
  }
  ScrubPass scrub() {
    const auto before = store_->scrub_status().last;
    store_->start_scrub();
    EXPECT_TRUE(eventually([&] {
      const auto now = store_->scrub_status();
      return !now.running && now.last && (!before || now.last->completed != before->completed);
    }));
    return store_->scrub_status().last.value_or(ScrubPass{});
  }

  Unhurried pace_;
};

TEST_F(ScrubPaths, WhatLiesOnAMissingPathIsSkippedAndCounted) {
  open();
  const auto here = put_on("pool", test::body_text(200'000));
  const auto away = put_on("second", test::body_text(200'000));
  close();
  hide("second");
  open();
  scrub();
  const ScrubStatus status = store_->scrub_status();
  EXPECT_EQ(status.last->chunks + status.last->skipped, chunk_rows());
  EXPECT_GE(status.last->chunks, here.size());
  EXPECT_GE(status.last->skipped, away.size());
  EXPECT_EQ(status.last->damaged, 0u);
  EXPECT_EQ(status.chunks_skipped, status.last->skipped);
  EXPECT_EQ(status.damaged_chunks, 0u);
}

TEST_F(ScrubPaths, WhatMovesMeanwhileIsNotDamage) {
  open();
  for (int i = 0; i < 20; ++i) put_ok(test::body_text(20'000 + 10'000 * i, i));
  std::uint64_t moved = 0;
  for (int round = 0; round < 10; ++round) {
    store_->start_scrub();
    moved += move({"pool", "second"}, "disks").moved_chunks;
    store_->start_scrub();
    moved += move({"disk"}, "flash").moved_chunks;
  }
  EXPECT_GT(moved, 20u);
  ASSERT_TRUE(eventually([&] { return !store_->scrub_status().running; }));
  const ScrubPass pass = scrub();
  EXPECT_EQ(pass.chunks, chunk_rows());
  EXPECT_EQ(pass.damaged, 0u);
  EXPECT_EQ(store_->scrub_status().damage_found, 0u);
}

// A bit of the bytes, one of the frame's header, one of its table and one of its trailer.
TEST_F(ScrubPaths, WhatIsDamagedIsNotMoved) {
  const std::uint64_t table = kFrameHeaderBytes + 20'000;
  const std::uint64_t trailer = table + unit_count(20'000, kUnitBytes) * sizeof(std::uint64_t);
  for (const std::uint64_t byte : {kFrameHeaderBytes + 10'000, std::uint64_t{16}, table, trailer}) {
    open();
    const auto chunks = put_ok(test::body_text(20'000));
    const auto row = decode_chunk_row(meta_.rows().rows().at(chunk_key(chunks.at(0).id)));
    const Place place = row->places.at(0);
    const std::string name = lies_on(chunks, "pool") ? "pool" : "second";
    const auto file = extent_file(dir_ / name, place.extent);
    simulated_.flip_bit(file, (place.offset + byte) * 8 + 3);
    EXPECT_EQ(scrub().damaged, 1u);
    const MoveOutcome outcome = move({name}, "disks");
    EXPECT_EQ(outcome.unmovable, (std::vector<ChunkId>{chunks[0].id}));
    EXPECT_TRUE(lies_on(chunks, name));
    EXPECT_EQ(store_->scrub_status().damaged_chunks, 1u);
    ASSERT_TRUE(remove(chunks));
    close();
  }
}

}  // namespace
}  // namespace lapis
