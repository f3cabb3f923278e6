// A check of the chunk store finds what tests did to it, and nothing else.
#include <gtest/gtest.h>

#include "lapis/storage/chunk_check.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class CheckChunks : public test::StoreFixture {
 protected:
  // "lost payload 7": kind, sort and chunk of every finding.
  std::vector<std::string> check(bool deep = false, std::size_t batch = 1000) {
    snapshot_ = meta_.snapshot();
    ChunkCheck check{
        .snapshot = *snapshot_, .store = meta_.uuid(), .files = *files_, .shard = *checking_};
    check.deep = deep;
    check.batch = batch;
    check.now = now_;
    std::vector<std::string> found;
    const auto add = [&](Finding finding) {
      std::string text = std::string(name_of(finding.kind)) + " " + finding.what;
      if (finding.chunk != ChunkId{}) text += " " + std::to_string(finding.chunk.value);
      found.push_back(std::move(text));
    };
    const auto stats = check_chunks(check, add);
    EXPECT_TRUE(stats) << to_string(stats.error());
    if (stats) stats_ = *stats;
    return found;
  }
  using Found = std::vector<std::string>;

  ChunkRow row_of(ChunkId chunk) {
    return decode_chunk_row(meta_.rows().rows().at(chunk_key(chunk))).value();
  }
  Place place_of(ChunkId chunk) { return row_of(chunk).places.at(0); }
  std::filesystem::path file_of(const Place& place) const {
    return extent_file(path(), place.extent);
  }
  void flip(const Place& place, std::uint64_t byte) {
    simulated_.flip_bit(file_of(place), (place.offset + byte) * 8 + 3);
  }
  void change_rows(const std::function<void(MetaView&)>& change) {
    test::run_on(background_, [&]() -> io::Task<void> {
      Transaction transaction = [&](MetaView& view) -> Result<void> {
        change(view);
        return {};
      };
      const auto done = co_await meta_.transact({}, std::move(transaction));
      EXPECT_TRUE(done);
    });
  }
  void move(ChunkId chunk, const std::function<void(Place&)>& change) {
    ChunkRow row = row_of(chunk);
    change(row.places.at(0));
    change_rows([&](MetaView& view) { view.put(chunk_key(chunk), encode(row)); });
  }
  static std::string text(const char* what, ChunkId chunk) {
    return std::string(what) + " " + std::to_string(chunk.value);
  }

  test::TestShard checking_{{.index = 9}};
  std::unique_ptr<MetaSnapshot> snapshot_;
  std::function<std::unique_ptr<MetaSnapshot>()> now_;
  ChunkCheckStats stats_;
};

TEST_F(CheckChunks, FindsNothingInAStoreThatIsWhole) {
  open();
  std::uint64_t bytes = 0;
  for (int i = 1; i <= 40; ++i) {
    const Chunks chunks = put_ok(test::body_text(i * 5'000, i));
    if (i % 4 == 0) {
      ASSERT_TRUE(remove(chunks));
    } else {
      bytes += i * 5'000;
    }
  }
  for (const std::size_t batch : {1000u, 3u}) {
    EXPECT_EQ(check(true, batch), Found{}) << batch;
    EXPECT_EQ(stats_.chunks, stats_.live_frames);
    EXPECT_EQ(stats_.verified_bytes, bytes);
    EXPECT_EQ(stats_.dead_frames, 10u);
  }
  close();
  EXPECT_EQ(check(true), Found{});
}

TEST_F(CheckChunks, FindsAPayloadThatIsDamagedOnlyByReadingIt) {
  open();
  const ChunkId chunk = put_ok(test::body_text(100'000))[0].id;
  put_ok(test::body_text(100'000, 2));
  flip(place_of(chunk), kFrameHeaderBytes + 70'000);
  EXPECT_EQ(check(), Found{});
  EXPECT_EQ(check(true), Found{text("lost payload", chunk)});
}

TEST_F(CheckChunks, TellsADamagedFrameFromALostPayload) {
  open();
  const ChunkId header = put_ok(test::body_text(100'000))[0].id;
  const ChunkId both = put_ok(test::body_text(100'000, 2))[0].id;
  const ChunkId tail = put_ok(test::body_text(100'000, 3))[0].id;
  put_ok(test::body_text(100'000, 4));
  flip(place_of(header), 9);
  flip(place_of(both), 9);
  flip(place_of(both), kFrameHeaderBytes + 5);
  flip(place_of(tail), kFrameHeaderBytes + 100'000 + 3);
  EXPECT_EQ(check(), (Found{text("wrong frame_header", header), text("lost no_frame", both)}));
  EXPECT_EQ(check(true), (Found{text("wrong frame_header", header), text("lost no_frame", both),
                                text("wrong frame_tail", tail)}));
}

TEST_F(CheckChunks, FindsExtentsThatAreGone) {
  open();
  const ChunkId chunk = put_ok(test::body_text(100'000))[0].id;
  close();
  ASSERT_TRUE(simulated_.remove(file_of(place_of(chunk))));
  EXPECT_EQ(check(), (Found{"lost extent_file", text("lost extent_file", chunk)}));
}

TEST_F(CheckChunks, FindsExtentsThatAreSwapped) {
  open();
  std::vector<ChunkId> chunks;
  for (int i = 0; i < 8; ++i) {
    for (const ChunkRef& chunk : put_ok(test::body_text(250'000, i))) chunks.push_back(chunk.id);
  }
  close();
  const Place first = place_of(chunks.front());
  const Place last = place_of(chunks.back());
  ASSERT_NE(first.extent, last.extent);
  const std::string one = simulated_.read_file(file_of(first), 8 << 20).value();
  const std::string two = simulated_.read_file(file_of(last), 8 << 20).value();
  ASSERT_TRUE(simulated_.replace_file(file_of(first), two));
  ASSERT_TRUE(simulated_.replace_file(file_of(last), one));
  const Found found = check();
  EXPECT_EQ(std::ranges::count(found, "wrong extent_header"), 2);
  EXPECT_EQ(std::ranges::count(found, text("lost no_frame", chunks.front())), 1);
  EXPECT_EQ(std::ranges::count(found, text("lost no_frame", chunks.back())), 1);
}

TEST_F(CheckChunks, FindsRowsThatNameWrongPlaces) {
  open();
  const ChunkId chunk = put_ok(test::body_text(10'000))[0].id;
  const ChunkId other = put_ok(test::body_text(10'000, 2))[0].id;
  close();
  const Place place = place_of(chunk);
  const auto with = [&](const std::function<void(Place&)>& change) {
    move(chunk, change);
    Found found = check();
    move(chunk, [&](Place& back) { back = place; });
    return found;
  };
  EXPECT_EQ(with([](Place& at) { at.path.value = 77; }),
            (Found{text("lost extent_row", chunk), text("wrong heat_paths", chunk)}));
  EXPECT_EQ(with([](Place& at) { at.extent.value = 77; }), Found{text("lost extent_row", chunk)});
  EXPECT_EQ(with([](Place& at) { ++at.generation; }),
            Found{text("lost place_of_other_generation", chunk)});
  EXPECT_EQ(with([](Place& at) { at.offset = kExtent; }),
            Found{text("lost place_outside_extent", chunk)});
  EXPECT_EQ(with([](Place& at) { at.offset += kFrameAlignment; }),
            (Found{text("doubled place", other), text("lost no_frame", chunk)}));
  EXPECT_EQ(with([&](Place& at) { at.offset = place_of(other).offset; }),
            (Found{text("doubled place", other), text("lost other_frame", chunk)}));
  EXPECT_EQ(check(), Found{});
}

TEST_F(CheckChunks, FindsRowsThatAreDamaged) {
  open();
  const ChunkId chunk = put_ok(test::body_text(10'000))[0].id;
  close();
  change_rows([&](MetaView& view) { view.put(chunk_key(chunk), "nonsense"); });
  EXPECT_EQ(check(), Found{text("lost chunk_row_damaged", chunk)});
}

// The rest is looked at all the same.
TEST_F(CheckChunks, FindsRowsOfPathsAndExtentsThatAreDamaged) {
  open();
  const ChunkId chunk = put_ok(test::body_text(10'000))[0].id;
  close();
  const Place place = place_of(chunk);
  change_rows([&](MetaView& view) {
    view.put(extent_key(place.path, place.extent), "\xff");
    view.put(path_key(PathId{77}), "\xff");
  });
  const Found found = check();
  EXPECT_EQ(std::ranges::count(found, "lost row_damaged"), 2);
  EXPECT_EQ(std::ranges::count(found, text("lost extent_row", chunk)), 1);
}

TEST_F(CheckChunks, FindsHeatThatDoesNotFit) {
  open();
  std::vector<ChunkId> chunks;
  for (int i = 0; i < 6; ++i) chunks.push_back(put_ok(test::body_text(10'000, i))[0].id);
  close();
  change_rows([&](MetaView& view) {
    put_heat(view, ChunkId{1'000'000}, {5, HeatRank::kNormal, {PathId{1}}});
    view.put(cold_key({chunks[0], PathId{1}, 7, HeatRank::kAskedDown}), {});
    view.put(heat_key(chunks[1]), "\xff");
    EXPECT_TRUE(erase_heat(view, chunks[2]));
    EXPECT_TRUE(move_heat(view, chunks[3], PathId{1}, PathId{2}));
    HeatRow row = decode_heat_row(view.get(heat_key(chunks[4])).value().value()).value();
    view.erase(cold_key({chunks[4], PathId{1}, row.hour, row.rank}));
    view.put(std::string("\x15nonsense"), {});
    put_heat(view, ChunkId{0}, {});
  });
  for (const std::size_t batch : {1000u, 2u}) {
    EXPECT_EQ(check(false, batch),
              (Found{"wrong cold_row_damaged", text("leaked cold_row", chunks[0]),
                     text("wrong heat_row_damaged", chunks[1]),
                     text("wrong heat_row_missing", chunks[2]), text("wrong heat_paths", chunks[3]),
                     text("wrong cold_row_missing", chunks[4]), "leaked heat_row 1000000"}))
        << batch;
  }
}

TEST_F(CheckChunks, FindsFilesThatNoRowNames) {
  open();
  const ChunkId chunk = put_ok(test::body_text(10'000))[0].id;
  const Place place = place_of(chunk);
  close();
  const std::string whole = simulated_.read_file(file_of(place), 8 << 20).value();
  ASSERT_TRUE(simulated_.replace_file(extent_file(path(), ExtentId{0x77}), whole));
  ASSERT_TRUE(
      simulated_.replace_file(extent_file(path(), ExtentId{0x78}), std::string(8192, '\0')));
  EXPECT_EQ(check(), Found{"leaked foreign_extent"});
  EXPECT_EQ(stats_.unfinished_extents, 1u);
  change_rows([&](MetaView& view) {
    view.erase(extent_key(place.path, place.extent));
    view.erase(chunk_key(chunk));
  });
  EXPECT_EQ(check(), (Found{"leaked extent_without_row", "leaked foreign_extent",
                            text("leaked heat_row", chunk)}));
}

TEST_F(CheckChunks, TellsAMissingPathOnce) {
  open();
  put_ok(test::body_text(10'000));
  put_ok(test::body_text(10'000, 2));
  close();
  ASSERT_TRUE(simulated_.remove(path() / "lapis.pool"));
  EXPECT_EQ(check(), Found{"lost path"});
  EXPECT_EQ(stats_.unchecked_places, 2u);
}

TEST_F(CheckChunks, FindsCommitsThatTheMetadataLost) {
  open();
  put_ok(test::body_text(10'000));
  put_ok(test::body_text(10'000, 2));
  close();
  snapshot_ = meta_.snapshot();
  ChunkCheck check{
      .snapshot = *snapshot_, .store = meta_.uuid(), .files = *files_, .shard = *checking_};
  check.epoch = meta_.epoch();
  std::uint64_t found = 0;
  const auto add = [&](const Finding& finding) { found += finding.what == "commits" ? 1 : 0; };
  check.last_commit = meta_.durable_sequence();
  ASSERT_TRUE(check_chunks(check, add));
  EXPECT_EQ(found, 0u);
  check.last_commit = Sequence{1};
  ASSERT_TRUE(check_chunks(check, add));
  EXPECT_EQ(found, 1u);
}

// Beside a running store: what a row does not name any more was freed meanwhile.
TEST_F(CheckChunks, ForgetsWhatChangedMeanwhile) {
  open();
  const ChunkId chunk = put_ok(test::body_text(10'000))[0].id;
  flip(place_of(chunk), 9);
  flip(place_of(chunk), kFrameHeaderBytes + 9);
  now_ = [&] { return meta_.snapshot(); };
  EXPECT_EQ(check(), Found{text("lost no_frame", chunk)});
  now_ = [&] {
    change_rows([&](MetaView& view) { view.erase(chunk_key(chunk)); });
    return meta_.snapshot();
  };
  EXPECT_EQ(check(), Found{});
}

TEST_F(CheckChunks, CanBeBrokenOff) {
  open();
  put_ok(test::body_text(10'000));
  snapshot_ = meta_.snapshot();
  ChunkCheck check{
      .snapshot = *snapshot_, .store = meta_.uuid(), .files = *files_, .shard = *checking_};
  check.is_cancelled = [] { return true; };
  const auto ended = check_chunks(check, [](const Finding&) {});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kOperationTimedOut);
}

}  // namespace
}  // namespace lapis
