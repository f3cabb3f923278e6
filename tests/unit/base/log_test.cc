#include "lapis/base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace lapis {
namespace {

class Log : public testing::Test {
 protected:
  void SetUp() override { testing::internal::CaptureStderr(); }
  void TearDown() override { set_log_level(LogLevel::kInfo); }
  static std::string written() { return testing::internal::GetCapturedStderr(); }
};

TEST_F(Log, WritesOneLineToStandardError) {
  log_info("base", "it happened", {{"count", 3}});
  const std::string text = written();
  const std::regex form(
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z info base it happened "
      "count=3\n");
  EXPECT_TRUE(std::regex_match(text, form)) << text;
}

TEST_F(Log, TreatsBracesAsText) {
  log_info("base", "{} {0:x}", {{"path", "/{name}"}});
  EXPECT_TRUE(written().ends_with(" info base {} {0:x} path=/{name}\n"));
}

TEST_F(Log, LeavesOutWhatIsBelowTheLevel) {
  log_debug("base", "unseen");
  set_log_level(LogLevel::kError);
  log_warn("base", "unseen");
  EXPECT_EQ(written(), "");
}

TEST_F(Log, WritesDebugWhenAskedTo) {
  set_log_level(LogLevel::kDebug);
  log_debug("base", "seen");
  EXPECT_TRUE(written().ends_with(" debug base seen\n"));
}

TEST_F(Log, OffIsSilent) {
  set_log_level(LogLevel::kOff);
  log_error("base", "unseen");
  log(LogLevel::kOff, "base", "unseen");
  EXPECT_EQ(written(), "");
}

TEST_F(Log, EnabledFollowsTheLevel) {
  set_log_level(LogLevel::kWarn);
  EXPECT_FALSE(log_enabled(LogLevel::kInfo));
  EXPECT_TRUE(log_enabled(LogLevel::kWarn));
  EXPECT_TRUE(log_enabled(LogLevel::kError));
  EXPECT_FALSE(log_enabled(LogLevel::kOff));
  written();
}

TEST_F(Log, KeepsLinesOfThreadsApart) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([] {
        for (int line = 0; line < kEach; ++line) log_info("base", "a line that stays whole");
      });
    }
  }
  const std::string text = written();
  const std::regex form("[^\n]{24} info base a line that stays whole\n");
  const auto lines = std::sregex_iterator(text.begin(), text.end(), form);
  EXPECT_EQ(std::distance(lines, std::sregex_iterator{}), kThreads * kEach);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kThreads * kEach);
}

}  // namespace
}  // namespace lapis
