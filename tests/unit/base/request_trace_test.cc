#include "lapis/base/request_trace.h"

#include <gtest/gtest.h>

#include "lapis/base/clock.h"

namespace lapis {
namespace {

void spin(Cycles cycles) {
  const Cycles began = cycles_now();
  while (cycles_between(began, cycles_now()) < cycles) {
  }
}

Cycles spent(const RequestTrace& trace, Phase phase) {
  return trace.spent[static_cast<std::size_t>(phase)];
}

TEST(Cycles, GoForwardAtTheMeasuredRate) {
  const CycleScale scale = CycleScale::measure();
  const SystemClock clock;
  const Instant began = clock.instant();
  const Cycles first = cycles_now();
  while (clock.instant() - began < std::chrono::milliseconds(20)) {
  }
  const std::uint64_t measured = scale.nanoseconds(cycles_between(first, cycles_now()));
  EXPECT_GT(measured, 19'000'000u);
}

TEST(Cycles, NeverPassBackwards) { EXPECT_EQ(cycles_between(5, 3), 0u); }

TEST(PhaseTimer, CountsItsLife) {
  RequestTrace trace;
  {
    const PhaseTimer timer(&trace, Phase::kData);
    spin(1000);
  }
  EXPECT_GE(spent(trace, Phase::kData), 1000u);
  EXPECT_EQ(trace.attributed, spent(trace, Phase::kData));
}

TEST(PhaseTimer, LeavesOutWhatATimerInsideCounts) {
  RequestTrace trace;
  const Cycles began = cycles_now();
  {
    const PhaseTimer outer(&trace, Phase::kData);
    spin(500);
    {
      const PhaseTimer inner(&trace, Phase::kMetadata);
      spin(1'000'000);
    }
  }
  const Cycles passed = cycles_between(began, cycles_now());
  EXPECT_GE(spent(trace, Phase::kMetadata), 1'000'000u);
  EXPECT_LE(spent(trace, Phase::kData) + spent(trace, Phase::kMetadata), passed);
}

TEST(PhaseTimer, DoesNothingWithoutATrace) { const PhaseTimer timer(nullptr, Phase::kSend); }

}  // namespace
}  // namespace lapis
