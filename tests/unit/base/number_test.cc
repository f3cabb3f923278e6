#include "lapis/base/number.h"

#include <gtest/gtest.h>

#include <string>

namespace lapis {
namespace {

struct NumberCase {
  const char* name;
  std::string_view text;
  std::optional<std::uint64_t> value;
};

constexpr std::uint64_t kMax = ~std::uint64_t{0};

class ParseU64 : public testing::TestWithParam<NumberCase> {};
TEST_P(ParseU64, Claim) { EXPECT_EQ(parse_u64(GetParam().text), GetParam().value); }

constexpr NumberCase kDecimal[] = {
    {"Zero", "0", 0},
    {"LeadingZeros", "007", 7},
    {"ManyLeadingZeros", "000000000000000000000000000001", 1},
    {"Largest", "18446744073709551615", kMax},
    {"OneTooLargeFails", "18446744073709551616", std::nullopt},
    {"FarTooLargeFails", "99999999999999999999999", std::nullopt},
    {"EmptyFails", "", std::nullopt},
    {"PlusFails", "+5", std::nullopt},
    {"MinusFails", "-5", std::nullopt},
    {"MinusZeroFails", "-0", std::nullopt},
    {"LeadingBlankFails", " 5", std::nullopt},
    {"TrailingBlankFails", "5 ", std::nullopt},
    {"TrailingLineEndFails", "5\n", std::nullopt},
    {"FractionFails", "5.0", std::nullopt},
    {"ExponentFails", "1e3", std::nullopt},
    {"HexDigitFails", "a", std::nullopt},
    {"ThousandsFail", "1,000", std::nullopt},
    {"NulFails", std::string_view("5\0", 2), std::nullopt},
    {"OtherDigitsFail", "\xD9\xA5", std::nullopt},  // U+0665, Arabic five
};
INSTANTIATE_TEST_SUITE_P(Decimal, ParseU64, testing::ValuesIn(kDecimal),
                         [](const auto& tested) { return std::string(tested.param.name); });

class ParseHexU64 : public testing::TestWithParam<NumberCase> {};
TEST_P(ParseHexU64, Claim) { EXPECT_EQ(parse_hex_u64(GetParam().text), GetParam().value); }

constexpr NumberCase kHex[] = {
    {"Zero", "0", 0},
    {"LowerCase", "8d9c1a2b", 0x8d9c1a2b},
    {"UpperCase", "8D9C1A2B", 0x8d9c1a2b},
    {"Largest", "ffffffffffffffff", kMax},
    {"OneTooLargeFails", "10000000000000000", std::nullopt},
    {"EmptyFails", "", std::nullopt},
    {"PrefixFails", "0x10", std::nullopt},
    {"SignFails", "-1", std::nullopt},
    {"BlankFails", "1 ", std::nullopt},
    {"OtherLetterFails", "fg", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Hex, ParseHexU64, testing::ValuesIn(kHex),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A number need not stand alone in memory: what follows the view is not read.
TEST(ParseU64View, StopsAtTheEndOfTheView) {
  const std::string line = "12345";
  EXPECT_EQ(parse_u64(std::string_view(line).substr(1, 2)), 23U);
}

}  // namespace
}  // namespace lapis
