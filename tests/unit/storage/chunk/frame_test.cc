#include "storage/chunk/frame.h"

#include <gtest/gtest.h>

#include <array>

#include "lapis/base/crc64.h"

namespace lapis::storage {
namespace {

FrameHeader a_header() {
  FrameHeader header;
  header.chunk = ChunkId{0x1122334455667788};
  header.owner = {ContainerId{5}, 6};
  header.payload_length = 100'000;
  header.unit_bytes = kUnitBytes;
  header.place = {PathId{3}, ExtentId{4}, 7, 8192};
  header.sequence = Sequence{41};
  header.epoch = 2;
  header.store = Guid::make();
  return header;
}

using Encoded = std::array<std::byte, kFrameHeaderBytes>;

Encoded encoded(const FrameHeader& header) {
  Encoded bytes;
  encode_frame_header(header, bytes);
  return bytes;
}

// Puts the checksum right again after a change: what is left to refuse is the value itself.
void reseal(Encoded& bytes) { store_le(bytes, 120, crc64(Bytes(bytes).first(120))); }

TEST(Frame, HeaderComesBackAsItWas) {
  const FrameHeader header = a_header();
  const auto decoded = decode_frame_header(encoded(header));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->chunk, header.chunk);
  EXPECT_EQ(decoded->owner.container, header.owner.container);
  EXPECT_EQ(decoded->owner.tag, header.owner.tag);
  EXPECT_EQ(decoded->payload_length, header.payload_length);
  EXPECT_EQ(decoded->unit_bytes, header.unit_bytes);
  EXPECT_EQ(decoded->place, header.place);
  EXPECT_EQ(decoded->sequence, header.sequence);
  EXPECT_EQ(decoded->epoch, header.epoch);
  EXPECT_EQ(decoded->store, header.store);
}

TEST(Frame, HeaderIsLaidOutAsDocumented) {
  const Encoded bytes = encoded(a_header());
  EXPECT_EQ(as_text(Bytes(bytes).first(4)), "LPFR");
  EXPECT_EQ(load_le<std::uint16_t>(bytes, 4), 1);
  EXPECT_EQ(load_le<std::uint16_t>(bytes, 6), 128);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 8), 0x1122334455667788u);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 32), 100'000u);
  EXPECT_EQ(load_le<std::uint32_t>(bytes, 40), 3u);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 48), 4u);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 56), 7u);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 64), 8192u);
  EXPECT_EQ(load_le<std::uint64_t>(bytes, 72), 41u);
}

TEST(Frame, EveryFlippedHeaderBitIsSeen) {
  const Encoded good = encoded(a_header());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Encoded bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    EXPECT_FALSE(decode_frame_header(bad).has_value()) << bit;
  }
}

struct OddHeader {
  const char* name;
  std::size_t at;
  std::size_t bytes;
  std::uint64_t value;
};

constexpr OddHeader kOddHeaders[] = {
    {"Version", 4, 2, 2},
    {"HeaderLength", 6, 2, 256},
    {"ChunkZero", 8, 8, 0},
    {"EmptyPayload", 32, 8, 0},
    {"LongPayload", 32, 8, kMaxChunkLength + 1},
    {"HugePayload", 32, 8, ~0ull},
    {"SmallUnit", 44, 4, 8192},
    {"LargeUnit", 44, 4, 131072},
    {"OddUnit", 44, 4, 40000},
    {"UnitZero", 44, 4, 0},
    {"OffsetZero", 64, 8, 0},
    {"UnalignedOffset", 64, 8, 4097},
    {"ReservedLow", 104, 8, 1},
    {"ReservedHigh", 112, 8, 1ull << 63},
};

class OddFrameHeader : public testing::TestWithParam<OddHeader> {};

TEST_P(OddFrameHeader, IsRefusedThoughItsChecksumFits) {
  Encoded bytes = encoded(a_header());
  for (std::size_t i = 0; i < GetParam().bytes; ++i) {
    bytes[GetParam().at + i] = static_cast<std::byte>(GetParam().value >> (8 * i));
  }
  reseal(bytes);
  EXPECT_FALSE(decode_frame_header(bytes).has_value());
}

INSTANTIATE_TEST_SUITE_P(Fields, OddFrameHeader, testing::ValuesIn(kOddHeaders),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Frame, ShortHeaderIsRefused) {
  const Encoded bytes = encoded(a_header());
  EXPECT_FALSE(decode_frame_header(Bytes(bytes).first(127)).has_value());
  EXPECT_FALSE(decode_frame_header({}).has_value());
}

TEST(Frame, TailComesBackAndEveryFlippedBitIsSeen) {
  const FrameHeader header = a_header();
  const Encoded head = encoded(header);
  std::vector<std::uint64_t> crcs(unit_count(header.payload_length, header.unit_bytes));
  for (std::size_t i = 0; i < crcs.size(); ++i) crcs[i] = i * 0x0101010101010101;
  std::vector<std::byte> tail(frame_tail_bytes(header.payload_length, header.unit_bytes));
  encode_frame_tail(head, crcs, tail);
  const auto decoded = decode_frame_tail(head, tail);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, crcs);
  for (std::size_t bit = 0; bit < tail.size() * 8; ++bit) {
    std::vector<std::byte> bad = tail;
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    EXPECT_FALSE(decode_frame_tail(head, bad).has_value()) << bit;
  }
  EXPECT_FALSE(decode_frame_tail(head, Bytes(tail).first(tail.size() - 8)).has_value());
}

TEST(Frame, TailOfAnotherFrameIsSeen) {
  FrameHeader header = a_header();
  const Encoded here = encoded(header);
  header.place.generation += 1;
  const Encoded before = encoded(header);
  std::vector<std::uint64_t> crcs(unit_count(header.payload_length, header.unit_bytes), 1);
  std::vector<std::byte> tail(frame_tail_bytes(header.payload_length, header.unit_bytes));
  encode_frame_tail(before, crcs, tail);
  EXPECT_FALSE(decode_frame_tail(here, tail).has_value());
}

struct FrameSize {
  std::uint64_t payload;
  std::uint64_t bytes;
};

// Header 128, a table entry of 8 for each 32 KiB, trailer 8.
constexpr FrameSize kFrameSizes[] = {
    {1, 4096},      {4096 - 128 - 16, 4096},     {4096 - 128 - 15, 8192},       {4096, 8192},
    {32768, 36864}, {1 << 20, (1 << 20) + 4096}, {16 << 20, (16 << 20) + 8192},
};

TEST(Frame, SizesAreWholeBlocks) {
  for (const FrameSize& size : kFrameSizes) {
    EXPECT_EQ(frame_bytes(size.payload, 32768), size.bytes) << size.payload;
  }
}

}  // namespace
}  // namespace lapis::storage
