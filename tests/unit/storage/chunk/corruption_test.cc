// I2: whatever happens to the bytes at rest, a read returns what was written or fails.
#include <gtest/gtest.h>

#include "lapis/base/crc64.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class CorruptionTest : public test::StoreFixture {
 protected:
  Place place_of(ChunkId chunk) {
    const auto rows = meta_.rows().rows();
    return decode_chunk_row(rows.at(chunk_key(chunk)))->places.at(0);
  }
  std::filesystem::path file_of(const Place& place) const {
    return extent_file(path(), place.extent);
  }
  void flip(const Place& place, std::uint64_t byte) {
    simulated_.flip_bit(file_of(place), (place.offset + byte) * 8 + 3);
  }
  // Replaces `count` bytes at `to` by those at `from`, as a misdirected write does.
  void copy(const Place& from, const Place& to, std::size_t count) {
    test::run_on(background_, [&]() -> io::Task<void> {
      auto source = simulated_.open(file_of(from), {});
      auto target = simulated_.open(file_of(to), {.writable = true});
      std::vector<std::byte> bytes(count);
      EXPECT_TRUE((co_await (*source)->read_at(from.offset, bytes)).has_value());
      EXPECT_TRUE((co_await (*target)->write_at(to.offset, bytes)).has_value());
    });
  }
};

TEST_F(CorruptionTest, EveryUnitsFlippedByteFailsItsReadersOnly) {
  open();
  const std::string body = test::body_text(3 * kUnitBytes + 100);
  const Chunks chunks = put_ok(body);
  ASSERT_EQ(chunks.size(), 1u);
  const Place place = place_of(chunks[0].id);
  for (std::uint64_t unit = 0; unit < 4; ++unit) {
    const std::uint64_t at = kFrameHeaderBytes + unit * kUnitBytes + 17;
    flip(place, at);
    const auto damaged = get_range(chunks, unit * kUnitBytes, 50);
    ASSERT_FALSE(damaged.has_value()) << unit;
    EXPECT_EQ(damaged.error().code, ErrorCode::kInternalError);
    EXPECT_FALSE(get(chunks).has_value());
    for (std::uint64_t other = 0; other < 4; ++other) {
      if (other == unit) continue;
      const auto text = get_range(chunks, other * kUnitBytes, 50);
      ASSERT_TRUE(text.has_value()) << unit << " " << other;
      EXPECT_EQ(*text, body.substr(other * kUnitBytes, 50));
    }
    flip(place, at);
  }
  EXPECT_EQ(*get(chunks), body);
}

// What a checksum tells is what was written; the bytes are held against it when they are read.
TEST_F(CorruptionTest, AChecksumReadsAndChecksOnlyTheUnitsThatARangeCuts) {
  open();
  const std::string body = test::body_text(3 * kUnitBytes + 100);
  const Chunks chunks = put_ok(body);
  const Place place = place_of(chunks[0].id);
  flip(place, kFrameHeaderBytes + kUnitBytes + 17);
  const std::uint64_t whole = crc64(as_bytes(body));
  EXPECT_EQ(checksum(chunks, 0, body.size()).value_or(0), whole);
  const std::string around = body.substr(10, 2 * kUnitBytes);
  EXPECT_EQ(checksum(chunks, 10, around.size()).value_or(0), crc64(as_bytes(around)));
  for (const std::uint64_t offset : {kUnitBytes - 100ull, kUnitBytes + 1ull}) {
    const auto cut = checksum(chunks, offset, 200);
    ASSERT_FALSE(cut.has_value()) << offset;
    EXPECT_EQ(cut.error().code, ErrorCode::kInternalError);
  }
}

TEST_F(CorruptionTest, EveryByteOfASmallFrameIsDetectedOrHarmless) {
  open();
  const std::string body = test::body_text(300);
  const Chunks chunks = put_ok(body);
  const Place place = place_of(chunks[0].id);
  for (std::uint64_t at = 0; at < 4096; ++at) {
    const bool in_payload = at >= kFrameHeaderBytes && at < kFrameHeaderBytes + body.size();
    if (!in_payload && at % 7 != 0) continue;
    flip(place, at);
    const auto text = get(chunks);
    EXPECT_EQ(text.has_value(), !in_payload) << at;
    if (text) EXPECT_EQ(*text, body) << at;
    flip(place, at);
  }
}

TEST_F(CorruptionTest, SwappedFramesAreSeen) {
  open();
  const Chunks one = put_ok(test::body_text(20'000, 1));
  const Chunks two = put_ok(test::body_text(20'000, 2));
  copy(place_of(one[0].id), place_of(two[0].id), 24'576);
  EXPECT_FALSE(get(two).has_value());
  EXPECT_EQ(*get(one), test::body_text(20'000, 1));
}

TEST_F(CorruptionTest, AStaleFrameOfEqualContentLengthIsSeen) {
  open();
  const Chunks chunks = put_ok(test::body_text(20'000, 1));
  const Place place = place_of(chunks[0].id);
  const std::vector<std::byte> zeros(8192);
  test::run_on(background_, [&]() -> io::Task<void> {
    auto target = simulated_.open(file_of(place), {.writable = true});
    EXPECT_TRUE((co_await (*target)->write_at(place.offset, zeros)).has_value());
  });
  EXPECT_FALSE(get(chunks).has_value());
}

TEST_F(CorruptionTest, AReadErrorIsTriedOnceMore) {
  open();
  const Chunks chunks = put_ok(test::body_text(20'000));
  simulated_.fail({.op = test::FileOp::kRead, .path_part = "extents"});
  EXPECT_EQ(*get(chunks), test::body_text(20'000));
  simulated_.fail({.op = test::FileOp::kRead, .times = 2, .path_part = "extents"});
  const auto text = get(chunks);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kInternalError);
  EXPECT_EQ(*get(chunks), test::body_text(20'000));
}

TEST_F(CorruptionTest, AnErrorLateInALongReadLosesNothingBefore) {
  extent_bytes_ = 64 << 20;
  open();
  const std::string body = test::body_text(5 << 20);
  const Chunks chunks = put_ok(body);
  flip(place_of(chunks[0].id), kFrameHeaderBytes + (4 << 20));
  std::string got;
  const auto ended = test::run_on(shard0_, [&]() -> io::Task<Result<void>> {
    auto slices = std::make_unique<test::ListedSlices>(test::slices_of(chunks, 0, body.size()));
    auto reader = co_await store_->read(std::move(slices));
    while (true) {
      const auto bytes = co_await (*reader)->next();
      if (!bytes) co_return fail(bytes.error());
      if (bytes->empty()) co_return Result<void>{};
      got += as_text(*bytes);
    }
  });
  EXPECT_FALSE(ended.has_value());
  EXPECT_EQ(got, body.substr(0, 4 << 20));
}

}  // namespace
}  // namespace lapis
