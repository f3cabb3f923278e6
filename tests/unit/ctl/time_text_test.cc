#include "ctl/time_text.h"

#include <gtest/gtest.h>

#include <chrono>

#include "lapis/base/date.h"

namespace lapis::ctl {
namespace {

struct Case {
  const char* name;
  std::string_view text;
  std::string_view expected;  // empty: refused
};

class ParseTime : public testing::TestWithParam<Case> {};

TEST_P(ParseTime, Reads) {
  const Timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31);
  const auto time = parse_time(GetParam().text, now);
  if (GetParam().expected.empty()) {
    ASSERT_FALSE(time);
    EXPECT_NE(time.error().detail.find(GetParam().text), std::string::npos);
  } else {
    ASSERT_TRUE(time);
    EXPECT_EQ(format_iso8601(*time), GetParam().expected);
  }
}

constexpr Case kCases[] = {
    {"Minutes", "30m", "2026-01-31T00:30:00.0000000Z"},
    {"Hours", "24h", "2026-02-01T00:00:00.0000000Z"},
    {"Days", "7d", "2026-02-07T00:00:00.0000000Z"},
    {"Date", "2030-01-01", "2030-01-01T00:00:00.0000000Z"},
    {"Minute", "2030-01-01T12:34Z", "2030-01-01T12:34:00.0000000Z"},
    {"Second", "2030-01-01T12:34:56Z", "2030-01-01T12:34:56.0000000Z"},
    {"Empty", "", ""},
    {"UnitAlone", "h", ""},
    {"Zero", "0h", ""},
    {"Negative", "-1h", ""},
    {"UnknownUnit", "5y", ""},
    {"NoUnit", "5", ""},
    {"TooLong", "99999999999999999d", ""},
    {"OverAHundredYears", "36601d", ""},
    {"Words", "tomorrow", ""},
};
INSTANTIATE_TEST_SUITE_P(Texts, ParseTime, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::ctl
