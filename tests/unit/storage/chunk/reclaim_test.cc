// I3: an extent is used again when everything in it is dead, and not before.
#include <gtest/gtest.h>

#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class Reclaim : public test::StoreFixture {
 protected:
  // Bodies of which four fill an extent.
  static constexpr std::uint64_t kBody = kExtent / 4 - 20'000;

  std::string body(std::uint64_t seed) { return test::body_text(kBody, seed); }
  // Fills the open extent, so that it is sealed and another one opened.
  std::vector<Chunks> fill(std::size_t count = 5) {
    std::vector<Chunks> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(put_ok(body(i)));
    return all;
  }
  Place place_of(const Chunks& chunks) {
    const auto rows = meta_.rows().rows();
    return decode_chunk_row(rows.at(chunk_key(chunks[0].id)))->places.at(0);
  }
  bool is_accounted() {
    return eventually([&] { return stats().accounted; });
  }
  // Background work that was asked for has been done.
  void settle() {
    std::uint64_t turns = 0;
    eventually([&] { return ++turns > 200; });
  }
};

TEST_F(Reclaim, TakesBackAnExtentThatIsDead) {
  open();
  const auto bodies = fill();
  for (const Chunks& chunks : bodies) EXPECT_TRUE(remove(chunks).has_value());
  EXPECT_TRUE(eventually([&] { return stats().extents_free == 1; }));
  EXPECT_EQ(stats().live_bytes, 0u);
  EXPECT_EQ(stats().dead_bytes, 0u);
  EXPECT_EQ(stats().free_bytes, kExtent);
}

TEST_F(Reclaim, KeepsAnExtentWhileOneChunkLives) {
  open();
  const auto bodies = fill();
  for (std::size_t i = 1; i < bodies.size(); ++i) EXPECT_TRUE(remove(bodies[i]).has_value());
  settle();
  EXPECT_EQ(stats().extents_free, 0u);
  EXPECT_GT(stats().dead_bytes, kExtent / 2);
  EXPECT_EQ(stats().dead_bytes + stats().live_bytes, kExtent);
  EXPECT_EQ(*get(bodies[0]), body(0));
  EXPECT_TRUE(remove(bodies[0]).has_value());
  EXPECT_TRUE(eventually([&] { return stats().extents_free == 1; }));
}

TEST_F(Reclaim, WaitsForAReader) {
  open();
  const auto bodies = fill();
  test::run_on(shard0_, [&]() -> io::Task<void> {
    auto calls = this->calls();
    auto slices = std::make_unique<test::ListedSlices>(test::slices_of(bodies[0], 0, kBody));
    auto reader = co_await store_->read(std::move(slices));
    auto bytes = co_await (*reader)->next();
    EXPECT_TRUE(bytes.has_value());
    for (const Chunks& chunks : bodies) EXPECT_TRUE((co_await calls.remove(chunks)).has_value());
    for (int turn = 0; turn < 200; ++turn) {
      auto nothing = [] { return Result<void>{}; };
      (void)co_await blocking_.run(nothing);
    }
    EXPECT_EQ(stats().extents_free, 0u);
    std::string text(as_text(*bytes));
    while (bytes && !bytes->empty()) {
      bytes = co_await (*reader)->next();
      if (bytes) text += as_text(*bytes);
    }
    EXPECT_TRUE(text == body(0));
  });
  EXPECT_TRUE(eventually([&] { return stats().extents_free == 1; }));
}

TEST_F(Reclaim, WaitsForABodyThatIsNotRecordedYet) {
  open();
  fill(4);
  const std::string text = body(9);
  std::unique_ptr<StoredBody> stored;
  std::vector<Chunks> others;
  test::run_on(shard0_, [&]() -> io::Task<void> {
    auto calls = this->calls();
    test::TextBody source(text);
    stored = *co_await store_->write({}, source, text.size(), nullptr);
    for (std::uint64_t i = 0; i < 4; ++i) others.push_back(*co_await calls.put(body(i)));
    for (const Chunks& chunks : others) (void)co_await calls.remove(chunks);
  });
  settle();
  test::run_on(shard0_, [&]() -> io::Task<void> {
    Transaction record = [&](MetaView& view) -> Result<void> {
      stored->record(view, storage::HeatRank::kNormal);
      return {};
    };
    EXPECT_TRUE((co_await meta_.transact({}, std::move(record))).has_value());
    stored->recorded();
  });
  const Chunks chunks = stored->chunks();
  stored.reset();
  settle();
  EXPECT_EQ(*get(chunks), text);
}

TEST_F(Reclaim, ABodyThatIsNeverRecordedIsReclaimed) {
  open();
  const std::string text = body(1);
  test::run_on(shard0_, [&]() -> io::Task<void> {
    for (int i = 0; i < 5; ++i) {
      test::TextBody source(text);
      auto stored = co_await store_->write({}, source, text.size(), nullptr);
      EXPECT_TRUE(stored.has_value());
    }
  });
  EXPECT_TRUE(eventually([&] { return stats().extents_free == 1; }));
}

TEST_F(Reclaim, ACounterThatIsWrongCostsNoData) {
  open();
  const auto bodies = fill();
  // The counters are told of deletions that never happened.
  for (const Chunks& chunks : bodies) {
    test::run_on(shard0_, [&]() -> io::Task<void> {
      auto freed = store_->new_freed();
      Transaction pretend = [&](MetaView& view) -> Result<void> {
        LAPIS_TRY_VOID(store_->release(view, chunks[0].id, *freed));
        return fail(ErrorCode::kConditionNotMet);
      };
      EXPECT_FALSE((co_await meta_.transact({}, std::move(pretend))).has_value());
      store_->released(std::move(freed));
    });
  }
  settle();
  EXPECT_EQ(stats().extents_free, 0u);
  for (std::size_t i = 0; i < bodies.size(); ++i) EXPECT_TRUE(*get(bodies[i]) == body(i));
  EXPECT_GE(stats().live_bytes, 4 * kBody);
}

TEST_F(Reclaim, SpaceIsUsedAgainAndAgain) {
  simulated_.set_capacity(8 << 20);
  open();
  std::vector<Chunks> alive;
  std::uint64_t written = 0;
  for (std::uint64_t i = 0; written < 80 << 20; ++i) {
    const auto chunks = put(body(i));
    ASSERT_TRUE(chunks.has_value()) << i << to_string(chunks.error());
    written += kBody;
    alive.push_back(*chunks);
    if (alive.size() < 8) continue;
    EXPECT_TRUE(*get(alive.front()) == body(i - 7));
    EXPECT_TRUE(remove(alive.front()).has_value());
    alive.erase(alive.begin());
  }
  EXPECT_LE(stats().extents_open + stats().extents_sealed + stats().extents_free, 8u);
}

TEST_F(Reclaim, ARecycledExtentIsOfALaterGeneration) {
  open();
  const auto bodies = fill();
  const Place before = place_of(bodies[0]);
  for (const Chunks& chunks : bodies) EXPECT_TRUE(remove(chunks).has_value());
  ASSERT_TRUE(eventually([&] { return stats().extents_free == 1; }));
  bool seen = false;
  for (std::uint64_t i = 0; i < 15; ++i) {
    const Place place = place_of(put_ok(body(i)));
    if (place.extent != before.extent) continue;
    seen = true;
    EXPECT_GT(place.generation, before.generation);
  }
  EXPECT_TRUE(seen);
}

TEST_F(Reclaim, CountsAgainAfterARestart) {
  open();
  const auto bodies = fill();
  const std::uint64_t live = stats().live_bytes;
  reopen();
  ASSERT_TRUE(is_accounted());
  EXPECT_EQ(stats().live_bytes, live);
  for (const Chunks& chunks : bodies) EXPECT_TRUE(remove(chunks).has_value());
  EXPECT_EQ(stats().live_bytes, 0u);
  EXPECT_TRUE(eventually([&] { return stats().extents_free >= 1; }));
}

TEST_F(Reclaim, WhatACrashLeftOpenComesBack) {
  open();
  put_ok(body(1));
  const Chunks kept = put_ok("kept");
  for (int i = 0; i < 10; ++i) {
    crash(test::Unsynced::kKept);
    open();
  }
  ASSERT_TRUE(is_accounted());
  EXPECT_TRUE(eventually([&] { return stats().extents_sealed == 1; }));
  EXPECT_LE(stats().extents_free + stats().extents_open, 3u);
  EXPECT_EQ(*get(kept), "kept");
}

}  // namespace
}  // namespace lapis
