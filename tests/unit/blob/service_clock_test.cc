#include "lapis/blob/service_clock.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "blob/records.h"
#include "support/inline_executor.h"
#include "support/manual_clock.h"
#include "support/memory_meta_store.h"

namespace lapis::blob {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class ServiceClockTest : public testing::Test {
 protected:
  std::shared_ptr<ServiceClock> open() { return *ServiceClock::open(meta_, clock_); }
  void mark(ServiceClock& time) { EXPECT_TRUE(executor_.run_task(time.mark(meta_))); }
  ServiceTime wall() const { return ServiceTime(clock_.now().time_since_epoch()); }

  test::InlineExecutor executor_;
  test::ManualClock clock_;
  test::MemoryMetaStore meta_;
};

TEST_F(ServiceClockTest, BeginsAtTheWallClock) { EXPECT_EQ(open()->now(), wall()); }

TEST_F(ServiceClockTest, RunsAsMonotonicTimeDoesWhereverTheWallClockIsPut) {
  const auto time = open();
  const ServiceTime began = time->now();
  clock_.set(clock_.now() - hours(24));
  EXPECT_EQ(time->now(), began);
  clock_.advance(seconds(7));
  EXPECT_EQ(time->now(), began + seconds(7));
  clock_.set(clock_.now() + hours(24 * 365));
  EXPECT_EQ(time->now(), began + seconds(7));
}

TEST_F(ServiceClockTest, GoesOnFromTheMarkWhereTheWallClockIsBehindIt) {
  const auto first = open();
  clock_.advance(seconds(100));
  const ServiceTime told = first->now();
  mark(*first);
  clock_.set(clock_.now() - hours(1));
  const auto second = open();
  EXPECT_EQ(second->now(), told);
  clock_.advance(seconds(5));
  EXPECT_EQ(second->now(), told + seconds(5));
}

TEST_F(ServiceClockTest, ATimeAfterTheMarkIsTheWallClocks) {
  const auto first = open();
  first->now();
  mark(*first);
  clock_.advance(hours(2));
  EXPECT_EQ(open()->now(), wall());
}

TEST_F(ServiceClockTest, MarksOnlyWhatHasBeenAsked) {
  const auto time = open();
  const auto commits = meta_.commits();
  mark(*time);
  EXPECT_EQ(meta_.commits(), commits);
  time->now();
  mark(*time);
  mark(*time);
  EXPECT_EQ(meta_.commits(), commits + 1);
}

// Where something happens while somebody reads the time.
class InterruptedClock final : public Clock {
 public:
  explicit InterruptedClock(const Clock& clock) : clock_(clock) {}
  Timestamp now() const override { return clock_.now(); }
  Instant instant() const override {
    if (auto happens = std::exchange(meanwhile, nullptr)) happens();
    return clock_.instant();
  }
  mutable std::function<void()> meanwhile;

 private:
  const Clock& clock_;
};

// A mark takes the flag down while another thread is about to tell a later time.
TEST_F(ServiceClockTest, ATimeToldBesideAMarkIsMarkedByTheNext) {
  const InterruptedClock interrupted(clock_);
  const auto time = *ServiceClock::open(meta_, interrupted);
  time->now();
  interrupted.meanwhile = [&] {
    mark(*time);
    clock_.advance(seconds(3));
  };
  const ServiceTime told = time->now();
  mark(*time);
  clock_.set(clock_.now() - hours(1));
  EXPECT_EQ(open()->now(), told);
}

// The price of never running backwards.
TEST_F(ServiceClockTest, StaysWhereAWallClockFarAheadOncePutIt) {
  clock_.set(clock_.now() + hours(24 * 365));
  const auto ahead = open();
  const ServiceTime told = ahead->now();
  mark(*ahead);
  clock_.set(clock_.now() - hours(24 * 365));
  for (int start = 0; start < 2; ++start) {
    clock_.advance(hours(10));
    EXPECT_EQ(open()->now(), told);
  }
}

TEST_F(ServiceClockTest, ADamagedMarkIsAnError) {
  auto transaction = [](storage::MetaView& view) -> Result<void> {
    view.put(service_clock_key(), "\xff");
    return {};
  };
  ASSERT_TRUE(executor_.run_task(meta_.transact({}, transaction)));
  EXPECT_EQ(ServiceClock::open(meta_, clock_).error().code, ErrorCode::kInternalError);
}

}  // namespace
}  // namespace lapis::blob
