#include "azure/request/ranges.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

struct Good {
  const char* name;
  std::string text;
  std::uint64_t first;
  std::optional<std::uint64_t> last;
};

class ParseRange : public testing::TestWithParam<Good> {};

TEST_P(ParseRange, Reads) {
  const auto range = parse_range(make_call("GET", "/acct/box/b", {{"Range", GetParam().text}}));
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, GetParam().first);
  EXPECT_EQ(range->last, GetParam().last);
}

const Good kGood[] = {
    {"Whole", "bytes=0-99", 0, 99},        {"OneByte", "bytes=5-5", 5, 5},
    {"Open", "bytes=7-", 7, std::nullopt}, {"FromZero", "bytes=0-", 0, std::nullopt},
    {"UnitInCapitals", "Bytes=1-2", 1, 2}, {"Largest", "bytes=0-18446744073709551615", 0, ~0ull},
};
INSTANTIATE_TEST_SUITE_P(Forms, ParseRange, testing::ValuesIn(kGood),
                         [](const auto& tested) { return std::string(tested.param.name); });

class IgnoreRange : public testing::TestWithParam<std::string> {};

TEST_P(IgnoreRange, MeansTheWholeBlob) {
  EXPECT_FALSE(parse_range(make_call("GET", "/acct/box/b", {{"Range", GetParam()}})));
}
INSTANTIATE_TEST_SUITE_P(Forms, IgnoreRange,
                         testing::Values("", "bytes", "bytes=", "bytes=-", "bytes=-5", "bytes=-1-",
                                         "bytes=-2-497", "bytes=None-", "bytes=5-4",
                                         "bytes=1-2,4-5", "bytes=0x1-2", "bytes= 1-2", "bytes=1- 2",
                                         "lines=0-1", "1-2", "bytes=+1-2",
                                         "bytes=18446744073709551616-",
                                         "bytes=0-18446744073709551616"));

TEST(ParseRange, ServiceHeaderWins) {
  const auto range = parse_range(
      make_call("GET", "/acct/box/b", {{"Range", "bytes=0-1"}, {"x-ms-range", "bytes=2-3"}}));
  EXPECT_EQ(range->first, 2u);
  EXPECT_FALSE(parse_range(
      make_call("GET", "/acct/box/b", {{"Range", "bytes=0-1"}, {"x-ms-range", "nonsense"}})));
  EXPECT_TRUE(
      parse_range(make_call("GET", "/acct/box/b", {{"Range", "bytes=0-1"}, {"x-ms-range", ""}})));
}

TEST(ParseRange, OpenRangesAreKnownSince20110818) {
  const auto at = [](const std::string& version) {
    return parse_range(make_call("GET", "/acct/box/b", {{"Range", "bytes=1-"}}, version));
  };
  EXPECT_TRUE(at("2011-08-18"));
  EXPECT_FALSE(at("2009-09-19"));
}

}  // namespace
}  // namespace lapis::azure
