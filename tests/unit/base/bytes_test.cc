#include "lapis/base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <type_traits>
#include <unordered_set>

#include "lapis/base/ids.h"
#include "support/hex.h"

namespace lapis {
namespace {

TEST(Bytes, StoresLittleAndBigEndian) {
  std::array<std::byte, 12> bytes{};
  store_le<std::uint32_t>(bytes, 0, 0x01020304);
  store_be<std::uint32_t>(bytes, 4, 0x01020304);
  store_le<std::uint16_t>(bytes, 9, 0x0506);
  EXPECT_EQ(test::to_hex(bytes), "040302010102030400060500");
}

TEST(Bytes, LoadsWhatWasStoredAtAnyOffset) {
  constexpr std::uint64_t kValue = 0x0123456789ABCDEF;
  for (std::size_t at = 0; at < 9; ++at) {
    std::array<std::byte, 17> bytes{};
    store_le(bytes, at, kValue);
    EXPECT_EQ(load_le<std::uint64_t>(bytes, at), kValue);
    store_be(bytes, at, kValue);
    EXPECT_EQ(load_be<std::uint64_t>(bytes, at), kValue);
  }
}

TEST(Bytes, TextRoundTrips) { EXPECT_EQ(as_text(as_bytes("a\xFF")), "a\xFF"); }

TEST(StrongId, OrdersAndHashesByValue) {
  EXPECT_LT(ChunkId{1}, ChunkId{2});
  EXPECT_EQ(ChunkId{}, ChunkId{0});
  const std::unordered_set<ChunkId> ids = {ChunkId{1}, ChunkId{2}, ChunkId{1}};
  EXPECT_EQ(ids.size(), 2U);
}

TEST(StrongId, KindsDoNotMix) {
  static_assert(!std::is_convertible_v<ChunkId, ExtentId>);
  static_assert(!std::is_convertible_v<std::uint64_t, ChunkId>);
}

}  // namespace
}  // namespace lapis
