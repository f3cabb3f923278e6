#include "gateway/slow_request_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/manual_clock.h"
#include "unit/gateway/access_log/facts_fixture.h"

namespace lapis::gateway {
namespace {

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

class SlowRequests : public testing::Test {
 protected:
  // What the daemon's log says of `count` requests.
  std::string report(SlowRequestLog& log, int count) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < count; ++i) log.look_at(sample_.facts());
    return testing::internal::GetCapturedStderr();
  }

  test::ManualClock clock_;
  SampleFacts sample_;
};

TEST_F(SlowRequests, AreToldWithTheirPhases) {
  SlowRequestLog log(std::chrono::milliseconds(1), CycleScale(1.0), clock_);
  const std::string text = report(log, 1);
  EXPECT_NE(text.find("request was slow"), std::string::npos) << text;
  EXPECT_NE(text.find("server_ms=2 total_ms=5"), std::string::npos) << text;
  EXPECT_NE(text.find("metadata_us=1500"), std::string::npos) << text;
  EXPECT_NE(text.find("request_id=6ba7b810-9dad-11d1-80b4-00c04fd430c8"), std::string::npos);
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST_F(SlowRequests, AreOnlyThoseAboveTheLimit) {
  SlowRequestLog log(std::chrono::milliseconds(2), CycleScale(1.0), clock_);
  EXPECT_EQ(report(log, 1), "");
  EXPECT_EQ(log.seen(), 0u);
}

TEST_F(SlowRequests, AreNotLookedForWithoutALimit) {
  SlowRequestLog log(std::chrono::milliseconds(0), CycleScale(1.0), clock_);
  EXPECT_EQ(report(log, 1), "");
}

TEST_F(SlowRequests, DoNotFloodTheLog) {
  SlowRequestLog log(std::chrono::milliseconds(1), CycleScale(1.0), clock_);
  EXPECT_EQ(lines_in(report(log, 100)), 5u);
  EXPECT_EQ(log.seen(), 100u);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_NE(report(log, 1).find("not_shown=95"), std::string::npos);
}

}  // namespace
}  // namespace lapis::gateway
