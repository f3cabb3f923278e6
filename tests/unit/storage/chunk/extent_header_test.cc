#include "storage/chunk/extent_header.h"

#include <gtest/gtest.h>

#include <array>

namespace lapis::storage {
namespace {

using Block = std::array<std::byte, kExtentHeaderBytes>;

const ExtentHeader kHeader{Guid::make(), PathId{3}, ExtentId{9}, 4, 1 << 20};

Block encoded() {
  Block block;
  encode_extent_header(kHeader, block);
  return block;
}

TEST(ExtentHeader, ComesBackAsItWas) {
  const auto decoded = decode_extent_header(encoded());
  ASSERT_TRUE(decoded.has_value() && decoded->has_value());
  EXPECT_EQ((*decoded)->store, kHeader.store);
  EXPECT_EQ((*decoded)->path, kHeader.path);
  EXPECT_EQ((*decoded)->extent, kHeader.extent);
  EXPECT_EQ((*decoded)->generation, kHeader.generation);
  EXPECT_EQ((*decoded)->bytes, kHeader.bytes);
}

TEST(ExtentHeader, BlankBlockIsNone) {
  const Block blank{};
  const auto decoded = decode_extent_header(blank);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_FALSE(decoded->has_value());
}

TEST(ExtentHeader, EveryFlippedByteIsSeen) {
  for (std::size_t at = 0; at < kExtentHeaderBytes; ++at) {
    Block bad = encoded();
    bad[at] ^= std::byte{0x10};
    EXPECT_FALSE(decode_extent_header(bad).has_value()) << at;
  }
  EXPECT_FALSE(decode_extent_header(Bytes(encoded()).first(100)).has_value());
}

}  // namespace
}  // namespace lapis::storage
