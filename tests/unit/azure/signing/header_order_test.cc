#include "azure/signing/header_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace lapis::azure {
namespace {

struct Pair {
  const char* name;
  std::string_view first, second;
};

class CultureLess : public testing::TestWithParam<Pair> {};

TEST_P(CultureLess, Sorts) {
  EXPECT_TRUE(culture_less(GetParam().first, GetParam().second));
  EXPECT_FALSE(culture_less(GetParam().second, GetParam().first));
}

constexpr Pair kPairs[] = {
    {"Letters", "x-ms-date", "x-ms-version"},
    {"PrefixFirst", "x-ms-meta-a", "x-ms-meta-ab"},
    {"UnderscoreBeforeDigit", "x-ms-meta-a_b", "x-ms-meta-a1"},
    {"UnderscoreBeforeLetter", "x-ms-meta-a_b", "x-ms-meta-ab"},
    {"DigitBeforeLetter", "x-ms-meta-a1", "x-ms-meta-ab"},
    {"HyphenIsPassedOver", "x-ms-meta-a-c", "x-ms-meta-ad"},
    {"HyphenIsPassedOverTwice", "x-ms-meta-ab", "x-ms-meta-a-c"},
    {"HyphenBehindWhereAllElseIsEqual", "x-ms-meta-ab", "x-ms-meta-a-b"},
    {"LaterHyphenFirst", "x-ms-meta-ab-c", "x-ms-meta-a-bc"},
    {"ApostropheBeforeHyphen", "x-ms-a'b", "x-ms-a-b"},
    {"HyphenAtTheEnd", "x-ms-meta-a", "x-ms-meta-a-"},
    {"DotBeforePlus", "x-ms-a.", "x-ms-a+"},
    {"BlobTypeBeforeClient", "x-ms-blob-type", "x-ms-client-request-id"},
};
INSTANTIATE_TEST_SUITE_P(Pairs, CultureLess, testing::ValuesIn(kPairs),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(CultureLess, IsIrreflexive) {
  for (const Pair& pair : kPairs) EXPECT_FALSE(culture_less(pair.first, pair.first)) << pair.name;
}

TEST(CultureLess, IsTransitiveOverAllPairs) {
  std::vector<std::string> names;
  for (const std::string a : {"", "a", "b", "-", "_", "1", "'"}) {
    for (const std::string b : {"", "a", "b", "-", "_", "1", "'"})
      names.push_back("x" + a + b + "y");
  }
  for (const auto& a : names) {
    for (const auto& b : names) {
      for (const auto& c : names) {
        if (culture_less(a, b) && culture_less(b, c)) {
          EXPECT_TRUE(culture_less(a, c)) << a << b << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace lapis::azure
