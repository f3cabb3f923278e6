#include "storage/chunk/frame_check.h"

#include <gtest/gtest.h>

#include "storage/chunk/unit_sums.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis::storage {
namespace {

constexpr std::uint64_t kLength = 3 * kUnitBytes + 100;
constexpr std::uint64_t kTableAt = kFrameHeaderBytes + kLength;

class FrameCheckTest : public testing::Test {
 protected:
  FrameCheckTest() {
    const std::string payload = test::body_text(kLength);
    UnitSums sums(kUnitBytes);
    sums.add(as_bytes(payload));
    row_.length = kLength;
    row_.places = {place_};
    row_.unit_crcs = sums.finish();
    frame_ = make_frame(ChunkId{7}, payload);
  }

  std::vector<std::byte> make_frame(ChunkId chunk, std::string_view payload) const {
    FrameHeader header;
    header.chunk = chunk;
    header.owner = {ContainerId{258}, 77};
    header.payload_length = payload.size();
    header.place = place_;
    header.store = store_;
    std::vector<std::byte> bytes(row_.bytes_on_disk());
    const MutableBytes out(bytes);
    encode_frame_header(header, out);
    std::ranges::copy(as_bytes(payload), out.begin() + kFrameHeaderBytes);
    encode_frame_tail(out.first(kFrameHeaderBytes), row_.unit_crcs,
                      out.subspan(kTableAt, frame_tail_bytes(kLength, kUnitBytes)));
    return bytes;
  }
  FrameFindings check(std::size_t step = 4096) {
    FrameCheck check(row_, {store_, ChunkId{7}, place_});
    EXPECT_EQ(check.bytes(), frame_.size());
    for (std::size_t at = 0; at < frame_.size(); at += step) {
      check.add(Bytes(frame_).subspan(at, std::min(step, frame_.size() - at)));
    }
    return check.finish();
  }
  void flip(std::size_t at) { frame_[at] ^= std::byte{8}; }

  const Guid store_ = Guid::make();
  const Place place_{PathId{1}, ExtentId{2}, 3, 8192};
  ChunkRow row_;
  std::vector<std::byte> frame_;
};

TEST_F(FrameCheckTest, AWholeFrameIsWholeInStepsOfAnyLength) {
  for (const std::size_t step : {1, 100, 4096, 16'384, 1 << 20}) {
    const FrameFindings found = check(step);
    EXPECT_TRUE(found.is_whole()) << step << " " << found.seen;
    EXPECT_TRUE(found.bad.empty());
    ASSERT_TRUE(found.owner);
    EXPECT_EQ(found.owner->container, ContainerId{258});
    EXPECT_EQ(found.owner->tag, 77u);
  }
}

struct Flip {
  const char* name;
  std::vector<std::size_t> at;
  std::vector<ChunkRange> bad;
  const char* seen;
  bool owner = true;
};

class FlippedFrame : public FrameCheckTest, public testing::WithParamInterface<Flip> {};

TEST_P(FlippedFrame, IsSeenWhereItIs) {
  for (const std::size_t at : GetParam().at) flip(at);
  const FrameFindings found = check();
  EXPECT_FALSE(found.is_whole());
  EXPECT_EQ(found.bad, GetParam().bad);
  EXPECT_NE(found.seen.find(GetParam().seen), std::string::npos) << found.seen;
  EXPECT_EQ(found.owner.has_value(), GetParam().owner);
}

constexpr std::size_t kPayload = kFrameHeaderBytes;

INSTANTIATE_TEST_SUITE_P(
    Bits, FlippedFrame,
    testing::Values(
        Flip{"Header", {16}, {}, "frame: header checksum", false},
        Flip{"Magic", {0}, {}, "frame: magic", false},
        Flip{"FirstUnit", {kPayload}, {{0, kUnitBytes}}, "1 of 4 units"},
        Flip{"LastUnit", {kTableAt - 1}, {{3 * kUnitBytes, 100}}, "1 of 4 units"},
        Flip{"Neighbours",
             {kPayload + kUnitBytes - 1, kPayload + kUnitBytes},
             {{0, 2 * kUnitBytes}},
             "2 of 4 units"},
        Flip{"Apart",
             {kPayload, kPayload + 2 * kUnitBytes},
             {{0, kUnitBytes}, {2 * kUnitBytes, kUnitBytes}},
             "2 of 4 units"},
        Flip{"Table", {kTableAt + 3}, {}, "frame: trailer checksum"},
        Flip{"Trailer", {kTableAt + 4 * 8}, {}, "frame: trailer checksum"},
        Flip{"HeaderAndUnit", {20, kPayload + 5}, {{0, kUnitBytes}}, "1 of 4 units", false}),
    [](const auto& p) { return std::string(p.param.name); });

TEST_F(FrameCheckTest, WhatIsBehindTheTrailerDoesNotCount) {
  frame_.back() ^= std::byte{1};
  EXPECT_TRUE(check().is_whole());
}

TEST_F(FrameCheckTest, AnotherChunksFrameIsNotTaken) {
  frame_ = make_frame(ChunkId{9}, test::body_text(kLength));
  const FrameFindings found = check();
  EXPECT_NE(found.seen.find("the frame is of chunk 9"), std::string::npos) << found.seen;
  EXPECT_FALSE(found.owner);
  EXPECT_TRUE(found.bad.empty());
}

TEST_F(FrameCheckTest, ATableThatIsNotTheRowsIsSeen) {
  const std::vector<std::uint64_t> crcs = row_.unit_crcs;
  row_.unit_crcs[1] ^= 1;
  frame_ = make_frame(ChunkId{7}, test::body_text(kLength));
  row_.unit_crcs = crcs;
  EXPECT_EQ(check().seen, "the frame's table of checksums is not the row's");
}

TEST_F(FrameCheckTest, UnitsThatCannotBeReadAreBad) {
  FrameCheck check(row_, {store_, ChunkId{7}, place_});
  check.add(Bytes(frame_).first(kUnitBytes));
  check.add_unreadable(4096, {ErrorCode::kInternalError, "EIO"});
  check.add(Bytes(frame_).subspan(kUnitBytes + 4096));
  const FrameFindings found = check.finish();
  EXPECT_EQ(found.bad, (std::vector<ChunkRange>{{0, 2 * kUnitBytes}}));
  EXPECT_NE(found.seen.find("not readable: InternalError: EIO"), std::string::npos) << found.seen;
  EXPECT_TRUE(found.owner);
}

TEST_F(FrameCheckTest, NothingReadableIsAllBad) {
  FrameCheck check(row_, {store_, ChunkId{7}, place_});
  check.add_unreadable(frame_.size(), {ErrorCode::kInternalError, "EIO"});
  const FrameFindings found = check.finish();
  EXPECT_EQ(found.bad, (std::vector<ChunkRange>{{0, kLength}}));
  EXPECT_FALSE(found.owner);
}

}  // namespace
}  // namespace lapis::storage
