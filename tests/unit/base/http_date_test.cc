#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "lapis/base/date.h"

namespace lapis {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr Timestamp kRfcExample = sys_seconds(seconds(784111777));  // 1994-11-06 08:49:37
const Timestamp kNow = parse_iso8601("2026-01-02T03:04:05Z").value();

struct DateCase {
  const char* name;
  std::string_view text;
  std::optional<std::string> iso;  // what it means, as ISO 8601
};

class ParseHttpDate : public testing::TestWithParam<DateCase> {};

TEST_P(ParseHttpDate, Claim) {
  const auto parsed = parse_http_date(GetParam().text, kNow);
  ASSERT_EQ(parsed.has_value(), GetParam().iso.has_value());
  if (parsed) EXPECT_EQ(format_iso8601(*parsed), *GetParam().iso);
}

const DateCase kForms[] = {
    {"Rfc1123", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.0000000Z"},
    {"Rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.0000000Z"},
    {"Asctime", "Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.0000000Z"},
    {"AsctimeTwoDigitDay", "Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37.0000000Z"},
    {"Epoch", "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.0000000Z"},
    {"BeforeTheEpoch", "Fri, 01 Jan 1960 00:00:00 GMT", "1960-01-01T00:00:00.0000000Z"},
    {"FarFuture", "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59.0000000Z"},
    {"LeapDay", "Thu, 29 Feb 2024 12:00:00 GMT", "2024-02-29T12:00:00.0000000Z"},
    {"LeapSecond", "Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00.0000000Z"},
    {"WrongDayName", "Mon, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.0000000Z"},
    {"Rfc850FiftyYearsAhead", "Thursday, 02-Jan-76 00:00:00 GMT", "2076-01-02T00:00:00.0000000Z"},
    {"Rfc850FiftyOneYearsAheadIsPast", "Sunday, 02-Jan-77 00:00:00 GMT",
     "1977-01-02T00:00:00.0000000Z"},
    {"Rfc850ThisYear", "Friday, 02-Jan-26 00:00:00 GMT", "2026-01-02T00:00:00.0000000Z"},
};
INSTANTIATE_TEST_SUITE_P(Forms, ParseHttpDate, testing::ValuesIn(kForms),
                         [](const auto& tested) { return std::string(tested.param.name); });

const DateCase kMalformed[] = {
    {"Empty", "", std::nullopt},
    {"NoDayName", "06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"UnknownDayName", "Sux, 06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"LowerCase", "sun, 06 nov 1994 08:49:37 gmt", std::nullopt},
    {"LongDayWithRfc1123", "Sunday, 06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"ShortDayWithRfc850", "Sun, 06-Nov-94 08:49:37 GMT", std::nullopt},
    {"NoComma", "Sun 06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"OneDigitDay", "Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
    {"DayZero", "Sun, 00 Nov 1994 08:49:37 GMT", std::nullopt},
    {"Day31OfNovember", "Sun, 31 Nov 1994 08:49:37 GMT", std::nullopt},
    {"LeapDayOfNoLeapYear", "Sun, 29 Feb 2023 08:49:37 GMT", std::nullopt},
    {"LeapDayOfCentury", "Sun, 29 Feb 1900 08:49:37 GMT", std::nullopt},
    {"UnknownMonth", "Sun, 06 Nox 1994 08:49:37 GMT", std::nullopt},
    {"TwoDigitYear", "Sun, 06 Nov 94 08:49:37 GMT", std::nullopt},
    {"FiveDigitYear", "Sun, 06 Nov 19940 08:49:37 GMT", std::nullopt},
    {"Hour24", "Sun, 06 Nov 1994 24:00:00 GMT", std::nullopt},
    {"Minute60", "Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
    {"Second61", "Sun, 06 Nov 1994 08:49:61 GMT", std::nullopt},
    {"NoSeconds", "Sun, 06 Nov 1994 08:49 GMT", std::nullopt},
    {"OtherZone", "Sun, 06 Nov 1994 08:49:37 PST", std::nullopt},
    {"OffsetZone", "Sun, 06 Nov 1994 08:49:37 +0000", std::nullopt},
    {"NoZone", "Sun, 06 Nov 1994 08:49:37", std::nullopt},
    {"LeadingBlank", " Sun, 06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"TrailingBlank", "Sun, 06 Nov 1994 08:49:37 GMT ", std::nullopt},
    {"TwoBlanks", "Sun,  06 Nov 1994 08:49:37 GMT", std::nullopt},
    {"SignedHour", "Sun, 06 Nov 1994 +8:49:37 GMT", std::nullopt},
    {"AsctimeOneBlankBeforeOneDigit", "Sun Nov 6 08:49:37 1994", std::nullopt},
    {"AsctimeWithZone", "Sun Nov  6 08:49:37 1994 GMT", std::nullopt},
    {"Iso8601", "1994-11-06T08:49:37Z", std::nullopt},
    {"UnixTime", "784111777", std::nullopt},
    {"Cut", "Sun, 06 Nov 1994 08:", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Malformed, ParseHttpDate, testing::ValuesIn(kMalformed),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(FormatHttpDate, IsRfc1123) {
  EXPECT_EQ(format_http_date(kRfcExample), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(FormatHttpDate, TruncatesToSeconds) {
  EXPECT_EQ(format_http_date(kRfcExample + Ticks(9'999'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(FormatHttpDate, TruncatesDownwardsBeforeTheEpoch) {
  EXPECT_EQ(format_http_date(Timestamp(Ticks(-1))), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(FormatHttpDate, NamesEveryDayAndMonthAsItParsesThem) {
  for (int day = 0; day < 366; ++day) {
    const Timestamp time = kRfcExample + std::chrono::days(day);
    EXPECT_EQ(parse_http_date(format_http_date(time)), time);
  }
}

TEST(ParseHttpDateNow, ReadsTheMachinesClockForTheCentury) {
  EXPECT_TRUE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"));
}

}  // namespace
}  // namespace lapis
