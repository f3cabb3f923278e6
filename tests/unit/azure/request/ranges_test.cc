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

struct HashCase {
  std::string range, md5, crc64, version;
  std::optional<blob::RangeHash> hash;
  std::string refused;  // the header that is named; empty: none
};

TEST(ParseRangeHash, FollowsTheTable) {
  const std::string md5 = "x-ms-range-get-content-md5";
  const std::string crc64 = "x-ms-range-get-content-crc64";
  constexpr auto kMd5 = blob::RangeHash::kMd5;
  constexpr auto kCrc64 = blob::RangeHash::kCrc64;
  const HashCase cases[] = {
      {"bytes=0-3", "", "", "2021-12-02", {}, ""},
      {"bytes=0-3", "false", "False", "2021-12-02", {}, ""},
      {"", "false", "", "2021-12-02", {}, ""},
      {"bytes=0-3", "true", "", "2021-12-02", kMd5, ""},
      {"bytes=0-3", "TRUE", "false", "2021-12-02", kMd5, ""},
      {"bytes=0-3", "", "true", "2019-02-02", kCrc64, ""},
      {"bytes=0-3", "", "true", "2018-11-09", {}, ""},
      {"bytes=0-3", "", "maybe", "2018-11-09", {}, ""},
      {"bytes=0-3", "true", "true", "2018-11-09", kMd5, ""},
      {"bytes=0-3", "true", "true", "2019-02-02", {}, crc64},
      {"bytes=0-3", "maybe", "", "2021-12-02", {}, md5},
      {"bytes=0-3", "", "1", "2021-12-02", {}, crc64},
      {"", "true", "", "2021-12-02", {}, md5},
      {"", "", "true", "2021-12-02", {}, crc64},
      {"bytes=-4", "", "true", "2021-12-02", {}, crc64},
      {"bytes=1-4194304", "true", "", "2021-12-02", kMd5, ""},
      {"bytes=0-4194304", "true", "", "2021-12-02", {}, md5},
      {"bytes=0-4194304", "", "true", "2021-12-02", {}, crc64},
      {"bytes=0-18446744073709551615", "", "true", "2021-12-02", {}, crc64},
      {"bytes=7-", "", "true", "2021-12-02", kCrc64, ""},
  };
  for (const HashCase& c : cases) {
    const auto call = make_call("GET", "/acct/box/b",
                                {{"Range", c.range}, {md5, c.md5}, {crc64, c.crc64}}, c.version);
    const auto hash = parse_range_hash(call, parse_range(call));
    const std::string what = c.range + " " + c.md5 + " " + c.crc64 + " " + c.version;
    ASSERT_EQ(hash.has_value(), c.refused.empty()) << what;
    if (hash) {
      EXPECT_EQ(*hash, c.hash) << what;
    } else {
      EXPECT_EQ(hash.error().code, ErrorCode::kInvalidHeaderValue) << what;
      EXPECT_EQ(test::field_of(hash.error(), "HeaderName"), c.refused) << what;
    }
  }
}

}  // namespace
}  // namespace lapis::azure
