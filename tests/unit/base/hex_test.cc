#include "lapis/base/hex.h"

#include <gtest/gtest.h>

namespace lapis {
namespace {

TEST(ToHex, IsTwoDigitsForEachByte) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex(std::string_view("\x00\x7f\x80\xff", 4)), "007f80ff");
}

}  // namespace
}  // namespace lapis
