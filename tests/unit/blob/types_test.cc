#include "lapis/blob/types.h"

#include <gtest/gtest.h>

namespace lapis::blob {
namespace {

TEST(Etag, IsWrittenAsAzureWritesIt) {
  EXPECT_EQ(Etag{1}.text(), "0x8D0000000000001");
  EXPECT_EQ(Etag{0xABCDEF0123456}.text(), "0x8DABCDEF0123456");
  EXPECT_EQ(Etag{1}.quoted().view(), "\"0x8D0000000000001\"");
}

TEST(AccessTier, NamesAreReadBackInAnyCase) {
  for (const auto tier : {AccessTier::kHot, AccessTier::kCool, AccessTier::kCold,
                          AccessTier::kArchive, AccessTier::kSmart}) {
    EXPECT_EQ(parse_access_tier(to_string(tier)), tier);
  }
  EXPECT_EQ(parse_access_tier("aRCHIVE"), AccessTier::kArchive);
  for (const char* wrong : {"", "Ho", "Hott", "P10", "hot ", "H\xc3\xb6t"}) {
    EXPECT_EQ(parse_access_tier(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace lapis::blob
