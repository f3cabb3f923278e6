#include "base/log_line.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/manual_clock.h"

namespace lapis {
namespace {

std::string line_with(std::string_view value) {
  const std::vector<LogField> fields = {{"key", value}};
  return log_line(test::ManualClock{}.now() + std::chrono::milliseconds(123), LogLevel::kWarn,
                  "http", "refused", fields);
}

constexpr std::string_view kHead = "2026-01-02T03:04:05.123Z warn http refused key=";

struct ValueCase {
  const char* name;
  std::string_view value;
  std::string_view written;
};

class LogValue : public testing::TestWithParam<ValueCase> {};

TEST_P(LogValue, IsWritten) {
  EXPECT_EQ(line_with(GetParam().value), std::string(kHead).append(GetParam().written));
}

constexpr ValueCase kValues[] = {
    {"Plain", "a/b-c", "a/b-c"},
    {"Number", "42", "42"},
    {"Utf8", "\xC3\xA9", "\xC3\xA9"},
    {"EmptyIsQuoted", "", "\"\""},
    {"BlankIsQuoted", "a b", "\"a b\""},
    {"EqualsSignIsQuoted", "a=b", "\"a=b\""},
    {"QuoteIsEscaped", "a\"b", "\"a\\\"b\""},
    {"BackslashIsEscaped", "a\\b", "\"a\\\\b\""},
    {"LineFeedIsEscaped", "a\n2026 forged", "\"a\\n2026 forged\""},
    {"ReturnIsEscaped", "a\rb", "\"a\\rb\""},
    {"TabIsEscaped", "a\tb", "\"a\\tb\""},
    {"NulIsEscaped", std::string_view("a\0b", 3), "\"a\\x00b\""},
    {"TerminalEscapeIsEscaped", "\x1B[2J", "\"\\x1b[2J\""},
    {"DeleteIsEscaped", "\x7F", "\"\\x7f\""},
    {"C1ControlIsEscaped",
     "a\xC2\x9B"
     "b",
     "\"a\\xc2\\x9bb\""},
    {"NoBreakSpaceIsNoControl",
     "a\xC2\xA0"
     "b",
     "a\xC2\xA0"
     "b"},
    {"NotUtf8IsEscaped", "a\xFF", "\"a\\xff\""},
};
INSTANTIATE_TEST_SUITE_P(Values, LogValue, testing::ValuesIn(kValues),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(LogLine, EndsAfterTheMessageWithoutFields) {
  EXPECT_EQ(log_line(test::ManualClock{}.now(), LogLevel::kInfo, "daemon", "listening on all", {}),
            "2026-01-02T03:04:05.000Z info daemon listening on all");
}

TEST(LogLine, KeepsFieldsInOrderAndWritesNumbers) {
  const std::vector<LogField> fields = {
      {"status", 404}, {"bytes", std::uint64_t{1} << 40}, {"path", std::string("/a b")}};
  EXPECT_EQ(log_line(test::ManualClock{}.now(), LogLevel::kError, "http", "done", fields),
            "2026-01-02T03:04:05.000Z error http done status=404 bytes=1099511627776 "
            "path=\"/a b\"");
}

TEST(LogLine, NeverHasASecondLineWhateverTheMessage) {
  const std::string line = log_line(test::ManualClock{}.now(), LogLevel::kInfo, "c\n", "m\r\n", {});
  EXPECT_EQ(line, "2026-01-02T03:04:05.000Z info c\\n m\\r\\n");
}

TEST(LogLine, NamesEveryLevel) {
  const auto level_of = [](LogLevel level) {
    const std::string line = log_line(test::ManualClock{}.now(), level, "c", "m", {});
    return line.substr(25, line.find(' ', 25) - 25);
  };
  EXPECT_EQ(level_of(LogLevel::kTrace), "trace");
  EXPECT_EQ(level_of(LogLevel::kDebug), "debug");
  EXPECT_EQ(level_of(LogLevel::kInfo), "info");
  EXPECT_EQ(level_of(LogLevel::kWarn), "warn");
  EXPECT_EQ(level_of(LogLevel::kError), "error");
}

}  // namespace
}  // namespace lapis
