#include <gtest/gtest.h>

#include <string>

#include "lapis/base/url.h"

namespace lapis {
namespace {

struct Utf8Case {
  const char* name;
  std::string_view text;
  bool valid;
};

class IsUtf8 : public testing::TestWithParam<Utf8Case> {};
TEST_P(IsUtf8, Claim) { EXPECT_EQ(is_utf8(GetParam().text), GetParam().valid); }

constexpr Utf8Case kCases[] = {
    {"Empty", "", true},
    {"Ascii", "a/b", true},
    {"Nul", std::string_view("\0", 1), true},
    {"LeastOfTwoBytes", "\xC2\x80", true},
    {"LeastOfThreeBytes", "\xE0\xA0\x80", true},
    {"LeastOfFourBytes", "\xF0\x90\x80\x80", true},
    {"BeforeTheSurrogates", "\xED\x9F\xBF", true},
    {"AfterTheSurrogates", "\xEE\x80\x80", true},
    {"NonCharacter", "\xEF\xBF\xBF", true},
    {"Greatest", "\xF4\x8F\xBF\xBF", true},
    {"Mixed", "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z", true},
    {"OverlongTwoFails", "\xC0\xAF", false},
    {"OverlongTwoMostFails", "\xC1\xBF", false},
    {"OverlongThreeFails", "\xE0\x9F\xBF", false},
    {"OverlongFourFails", "\xF0\x8F\xBF\xBF", false},
    {"FirstSurrogateFails", "\xED\xA0\x80", false},
    {"LastSurrogateFails", "\xED\xBF\xBF", false},
    {"SurrogatePairFails", "\xED\xA0\xBD\xED\xB8\x80", false},
    {"BeyondUnicodeFails", "\xF4\x90\x80\x80", false},
    {"LeadF5Fails", "\xF5\x80\x80\x80", false},
    {"LeadFFFails", "\xFF", false},
    {"LoneContinuationFails", "\x80", false},
    {"TwoCutFails", "\xC3", false},
    {"ThreeCutFails", "\xE2\x82", false},
    {"FourCutFails", "\xF0\x9F\x98", false},
    {"SecondNotContinuationFails", "\xC3z", false},
    {"ThirdNotContinuationFails", "\xE2\x82z", false},
    {"FourthNotContinuationFails", "\xF0\x9F\x98z", false},
    {"BadAfterGoodFails", "good\xC3\xA9\xC0\x80", false},
};
INSTANTIATE_TEST_SUITE_P(Claims, IsUtf8, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Utf16Length, CountsCodeUnits) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("abc"), 3U);
  EXPECT_EQ(utf16_length("\xC3\xA9"), 1U);
  EXPECT_EQ(utf16_length("\xE2\x82\xAC"), 1U);
  EXPECT_EQ(utf16_length("\xF0\x9F\x98\x80"), 2U) << "a surrogate pair";
  EXPECT_EQ(utf16_length("a\xF0\x9F\x98\x80\xC3\xA9"), 4U);
}

}  // namespace
}  // namespace lapis
