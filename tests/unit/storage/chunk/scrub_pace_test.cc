#include "storage/chunk/scrub_pace.h"

#include <gtest/gtest.h>

namespace lapis::storage {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1 << 20;

struct RateCase {
  const char* name;
  std::uint64_t left;
  std::chrono::seconds elapsed;
  std::uint64_t rate;
};

class WantedRate : public testing::TestWithParam<RateCase> {};

// A period of 1,000 seconds, 800 of which a pass is spread over; at least 1 MiB a second.
TEST_P(WantedRate, SpreadsWhatIsLeft) {
  ScrubOptions options;
  options.period = seconds(1000);
  EXPECT_EQ(wanted_rate(options, GetParam().left, GetParam().elapsed), GetParam().rate);
}

INSTANTIATE_TEST_SUITE_P(Cases, WantedRate,
                         testing::Values(RateCase{"AtItsStart", 8000 * kMiB, seconds(0), 10 * kMiB},
                                         RateCase{"Halfway", 4000 * kMiB, seconds(400), 10 * kMiB},
                                         RateCase{"Behind", 4000 * kMiB, seconds(600), 20 * kMiB},
                                         RateCase{"Late", 1000 * kMiB, seconds(799), 10 * kMiB},
                                         RateCase{"Overdue", 1000 * kMiB, hours(24), 10 * kMiB},
                                         RateCase{"ClockPutBack", 8000 * kMiB, -hours(24),
                                                  10 * kMiB},
                                         RateCase{"Little", 5, seconds(0), kMiB},
                                         RateCase{"Nothing", 0, seconds(0), kMiB}),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(ScrubPace, ReadsComeToTheRate) {
  ScrubPace pace;
  Instant now{hours(1)};
  const Instant begin = now;
  for (int i = 0; i < 100; ++i) now += pace.rest_after(kMiB, 10 * kMiB, now);
  const auto took = now - begin;
  EXPECT_GE(took, milliseconds(9'800));
  EXPECT_LE(took, milliseconds(10'000));
}

TEST(ScrubPace, TimeThatIsLostIsNotMadeUp) {
  ScrubPace pace;
  Instant now{hours(1)};
  now += pace.rest_after(kMiB, kMiB, now);
  now += hours(10);  // a disk that hung
  std::chrono::nanoseconds rested{0};
  for (int i = 0; i < 3; ++i) {
    const auto rest = pace.rest_after(kMiB, kMiB, now);
    now += rest;
    rested += rest;
  }
  EXPECT_GE(rested, milliseconds(2'900));
}

}  // namespace
}  // namespace lapis::storage
