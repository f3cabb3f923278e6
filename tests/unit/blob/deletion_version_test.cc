#include "lapis/blob/deletion_version.h"

#include <gtest/gtest.h>

namespace lapis::blob {
namespace {

TEST(DeletionVersion, IsTheTimeSince1601) {
  struct Case {
    Timestamp time;
    std::string text;
  };
  const Case cases[] = {
      {Timestamp{}, "019DB1DED53E8000"},
      {Timestamp(Ticks(1)), "019DB1DED53E8001"},
      {std::chrono::sys_seconds(std::chrono::seconds(1642702202)) + Ticks(2043557),
       "01D80E28F195E7A5"},
      {Timestamp(Ticks(0x7fff'ffff'ffff'ffff)), "819DB1DED53E7FFF"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(deletion_version(c.time), c.text);
    EXPECT_EQ(parse_deletion_version(c.text), c.time);
  }
  EXPECT_EQ(parse_deletion_version("019db1ded53e8000"), Timestamp{});
}

TEST(DeletionVersion, NothingElseIsOne) {
  for (const char* text : {"", "019DB1DED53E800", "019DB1DED53E80000", "019DB1DED53E800G",
                           " 19DB1DED53E8000", "019DB1DED53E7FFF", "819DB1DED53E8000",
                           "FFFFFFFFFFFFFFFF", "0x19DB1DED53E800", "+19DB1DED53E8000"}) {
    EXPECT_FALSE(parse_deletion_version(text)) << text;
  }
}

}  // namespace
}  // namespace lapis::blob
