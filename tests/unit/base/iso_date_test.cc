#include <gtest/gtest.h>

#include "lapis/base/date.h"

namespace lapis {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr Timestamp at(std::int64_t unix_seconds, std::int64_t ticks = 0) {
  return sys_seconds(seconds(unix_seconds)) + Ticks(ticks);
}

struct IsoCase {
  const char* name;
  std::string_view text;
  std::optional<Timestamp> time;
};

class ParseIso8601 : public testing::TestWithParam<IsoCase> {};
TEST_P(ParseIso8601, Claim) { EXPECT_EQ(parse_iso8601(GetParam().text), GetParam().time); }

constexpr IsoCase kCases[] = {
    {"Date", "2021-06-28", at(1624838400)},
    {"Minutes", "2021-06-28T05:51Z", at(1624859460)},
    {"Seconds", "2021-06-28T05:51:11Z", at(1624859471)},
    {"OneDigit", "2021-06-28T05:51:11.5Z", at(1624859471, 5'000'000)},
    {"Milliseconds", "2021-06-28T05:51:11.574Z", at(1624859471, 5'740'000)},
    {"SevenDigits", "2021-06-28T05:51:11.5743121Z", at(1624859471, 5'743'121)},
    {"LeadingZeroFraction", "2021-06-28T05:51:11.0000001Z", at(1624859471, 1)},
    {"Epoch", "1970-01-01T00:00:00Z", at(0)},
    {"BeforeTheEpoch", "1969-12-31T23:59:59.9999999Z", at(-1, 9'999'999)},
    {"LeapDay", "2024-02-29", at(1709164800)},
    {"EmptyFails", "", std::nullopt},
    {"EightDigitsFail", "2021-06-28T05:51:11.57431210Z", std::nullopt},
    {"PointWithoutDigitsFails", "2021-06-28T05:51:11.Z", std::nullopt},
    {"CommaFails", "2021-06-28T05:51:11,5Z", std::nullopt},
    {"FractionOfMinutesFails", "2021-06-28T05:51.5Z", std::nullopt},
    {"NoZoneFails", "2021-06-28T05:51:11", std::nullopt},
    {"DateWithZoneFails", "2021-06-28Z", std::nullopt},
    {"OffsetFails", "2021-06-28T05:51:11+00:00", std::nullopt},
    {"LowerCaseFails", "2021-06-28t05:51:11z", std::nullopt},
    {"BlankForTFails", "2021-06-28 05:51:11Z", std::nullopt},
    {"TrailingFails", "2021-06-28T05:51:11ZZ", std::nullopt},
    {"HoursOnlyFail", "2021-06-28T05Z", std::nullopt},
    {"BareTFails", "2021-06-28T", std::nullopt},
    {"BasicFormFails", "20210628T055111Z", std::nullopt},
    {"MonthZeroFails", "2021-00-28", std::nullopt},
    {"Month13Fails", "2021-13-28", std::nullopt},
    {"DayZeroFails", "2021-06-00", std::nullopt},
    {"Day31OfJuneFails", "2021-06-31", std::nullopt},
    {"LeapDayOfNoLeapYearFails", "2023-02-29", std::nullopt},
    {"Hour24Fails", "2021-06-28T24:00:00Z", std::nullopt},
    {"Minute60Fails", "2021-06-28T05:60:00Z", std::nullopt},
    {"Second60Fails", "2021-06-28T05:51:60Z", std::nullopt},
    {"OneDigitMonthFails", "2021-6-28", std::nullopt},
    {"SignedYearFails", "+2021-06-28", std::nullopt},
    {"LeadingBlankFails", " 2021-06-28", std::nullopt},
    {"CutFails", "2021-06", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Claims, ParseIso8601, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(FormatIso8601, HasSevenDigits) {
  EXPECT_EQ(format_iso8601(at(1624859471, 5'743'121)), "2021-06-28T05:51:11.5743121Z");
  EXPECT_EQ(format_iso8601(at(0)), "1970-01-01T00:00:00.0000000Z");
  EXPECT_EQ(format_iso8601(at(0, 1)), "1970-01-01T00:00:00.0000001Z");
}

TEST(FormatIso8601, WritesTimesBeforeTheEpoch) {
  EXPECT_EQ(format_iso8601(at(0, -1)), "1969-12-31T23:59:59.9999999Z");
}

TEST(FormatIso8601, RoundTrips) {
  for (std::int64_t i = 0; i < 1000; ++i) {
    const Timestamp time = at(1624859471 + i * 86'413, i * 9'973);
    EXPECT_EQ(parse_iso8601(format_iso8601(time)), time);
  }
}

}  // namespace
}  // namespace lapis
