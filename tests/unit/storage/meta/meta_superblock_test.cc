#include "storage/meta/meta_superblock.h"

#include <gtest/gtest.h>

namespace lapis::storage {
namespace {

MetaSuperblock example() {
  MetaSuperblock superblock;
  for (std::size_t i = 0; i < 16; ++i) {
    superblock.uuid.bytes[i] = static_cast<std::byte>(0xF0 - 13 * i);
  }
  superblock.is_ready = true;
  return superblock;
}

TEST(MetaSuperblock, ReadsBackWhatItWrote) {
  for (const bool is_ready : {false, true}) {
    MetaSuperblock written = example();
    written.is_ready = is_ready;
    const auto read = decode_meta_superblock(encode_meta_superblock(written));
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->uuid, written.uuid);
    EXPECT_EQ(read->is_ready, is_ready);
  }
}

// The bytes of format 2: whoever changes them raises kMetaFormat.
TEST(MetaSuperblock, HasTheDocumentedBytes) {
  EXPECT_EQ(encode_meta_superblock(example()),
            "lapis-meta-store\n"
            "format 2\n"
            "uuid f0e3d6c9-bcaf-a295-887b-6e6154473a2d\n"
            "state ready\n"
            "check e8f3e394b8a47cae\n");
}

TEST(MetaSuperblock, NoFlippedBitIsAccepted) {
  const std::string whole = encode_meta_superblock(example());
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_meta_superblock(flipped)) << "bit " << bit;
  }
}

TEST(MetaSuperblock, NoPrefixIsAccepted) {
  const std::string whole = encode_meta_superblock(example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_meta_superblock(whole.substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_meta_superblock(whole + "more"));
}

TEST(MetaSuperblock, ANewerFormatIsNamed) {
  const auto read = decode_meta_superblock("lapis-meta-store\nformat 7\nsomething else\n");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("format 7"), std::string::npos);
}

TEST(MetaSuperblock, AnotherFileIsForeign) {
  EXPECT_FALSE(decode_meta_superblock(""));
  EXPECT_FALSE(decode_meta_superblock("[lapis]\nlisten = 1\n"));
}

}  // namespace
}  // namespace lapis::storage
