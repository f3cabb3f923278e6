#include "lapis/base/check.h"

#include <gtest/gtest.h>

namespace lapis {
namespace {

TEST(Check, LetsTrueConditionsPass) {
  LAPIS_CHECK(1 + 1 == 2);
  SUCCEED();
}

TEST(CheckDeathTest, AbortsAndSaysWhatFailedWhere) {
  const bool possible = false;
  EXPECT_DEATH(LAPIS_CHECK(possible), "check_test\\.cc:[0-9]+: check failed: possible");
}

}  // namespace
}  // namespace lapis
