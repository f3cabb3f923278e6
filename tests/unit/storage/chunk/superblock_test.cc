#include "storage/chunk/superblock.h"

#include <gtest/gtest.h>

#include "lapis/base/crc64.h"

namespace lapis::storage {
namespace {

const Superblock kSuperblock{"store-uuid",    "path-uuid", PathId{3}, "flash",
                             PoolClass::kHdd, 4 << 20,     17};

TEST(Superblock, ComesBackAsItWas) {
  const auto decoded = decode_superblock(encode(kSuperblock));
  ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
  EXPECT_EQ(decoded->store, kSuperblock.store);
  EXPECT_EQ(decoded->path, kSuperblock.path);
  EXPECT_EQ(decoded->id, kSuperblock.id);
  EXPECT_EQ(decoded->pool, kSuperblock.pool);
  EXPECT_EQ(decoded->pool_class, kSuperblock.pool_class);
  EXPECT_EQ(decoded->extent_bytes, kSuperblock.extent_bytes);
  EXPECT_EQ(decoded->generation, kSuperblock.generation);
}

TEST(Superblock, ARetiredOneSaysSoInALineMore) {
  Superblock retired = kSuperblock;
  retired.is_retired = true;
  const std::string text = encode(retired);
  EXPECT_NE(text.find("generation=17\nstate=retired\ncrc64="), std::string::npos) << text;
  EXPECT_TRUE(decode_superblock(text)->is_retired);
  EXPECT_EQ(decode_superblock(text)->generation, 17u);
  EXPECT_FALSE(decode_superblock(encode(kSuperblock))->is_retired);
}

TEST(Superblock, EveryChangedByteIsSeen) {
  const std::string good = encode(kSuperblock);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(decode_superblock(bad).has_value()) << at;
  }
}

TEST(Superblock, EveryTruncationIsSeen) {
  const std::string good = encode(kSuperblock);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_superblock(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(decode_superblock(good + "more").has_value());
}

TEST(Superblock, NewerFormatIsNamed) {
  std::string newer = encode(kSuperblock);
  newer.replace(newer.find("format=1"), 8, "format=2");
  const auto decoded = decode_superblock(newer);
  ASSERT_FALSE(decoded.has_value());
  EXPECT_NE(decoded.error().detail.find("newer"), std::string::npos) << decoded.error().detail;
  newer.replace(newer.find("format=2"), 8, "format=0");
  EXPECT_FALSE(decode_superblock(newer));
}

}  // namespace
}  // namespace lapis::storage
