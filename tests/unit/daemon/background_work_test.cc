// When the clock of leases is marked and times of last access are written: by the steps, and by the
// tasks that make them.
#include "daemon/background_work.h"

#include <gtest/gtest.h>

#include <thread>

#include "lapis/blob/access_queue.h"
#include "support/blob_harness.h"
#include "support/test_shard.h"

namespace lapis::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class IdleMover final : public blob::InlineMover {
 public:
  io::Task<Instant::duration> step() override { co_return seconds(1); }
  blob::InlineMoverStatus status() const override { return {}; }
  void stop() override {}
};

class MarksOfTime : public testing::Test {
 protected:
  void ask() { (void)harness_.service.time->now(); }
  std::uint64_t commits() const { return harness_.rows.commits() - before_; }

  test::BlobHarness harness_;
  std::uint64_t before_ = harness_.rows.commits();
};

TEST_F(MarksOfTime, AreMadeEveryFiveSecondsWhileItIsAsked) {
  TimeMarker marker(harness_.service);
  const auto steps_of_seconds = [&](int count, bool asking) {
    for (int i = 0; i < 2 * count; ++i) {
      if (asking) ask();
      harness_.run(marker.step());
      harness_.clock.advance(milliseconds(500));
    }
  };
  steps_of_seconds(5, true);
  EXPECT_EQ(commits(), 1u);
  steps_of_seconds(20, true);
  EXPECT_EQ(commits(), 5u);
  steps_of_seconds(5, true);
  EXPECT_EQ(commits(), 6u);
  ask();
  steps_of_seconds(60, false);
  EXPECT_EQ(commits(), 7u);
}

TEST_F(MarksOfTime, AreMadeAtTheEndWhereItWasAsked) {
  TimeMarker marker(harness_.service);
  harness_.run(marker.step());
  harness_.run(marker.finish());
  EXPECT_EQ(commits(), 0u);
  ask();
  harness_.run(marker.step());
  EXPECT_EQ(commits(), 0u);
  harness_.run(marker.finish());
  EXPECT_EQ(commits(), 1u);
}

TEST_F(MarksOfTime, GoOnAfterOneThatFailed) {
  TimeMarker marker(harness_.service);
  ask();
  harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
  harness_.run(marker.step());
  EXPECT_EQ(commits(), 0u);
  harness_.clock.advance(seconds(5));
  harness_.run(marker.step());
  EXPECT_EQ(commits(), 1u);
}

// The shard's pauses are real time; what is due is by the manual clock, which stands.
TEST_F(MarksOfTime, AreMadeByTheBackgroundTaskAndOnceMoreWhenItStops) {
  test::TestShard shard;
  IdleMover mover;
  const auto await_commits = [&](std::uint64_t count) {
    for (int i = 0; i < 1000 && commits() < count; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(commits(), count);
  };
  ask();
  BackgroundWork work(*shard, harness_.service, mover);
  await_commits(1);
  harness_.clock.advance(seconds(5));
  ask();
  await_commits(2);
  ask();
  work.stop();
  EXPECT_EQ(commits(), 3u);
}

class TimesOfLastAccess : public testing::Test {
 protected:
  // Read once, and noted by whichever thread as if it were read again: the harness is for one.
  TimesOfLastAccess() {
    EXPECT_TRUE(harness_.put("b", "x"));
    harness_.clock.advance(std::chrono::hours(24));
    EXPECT_TRUE(harness_.get("b"));
    read_ = queue_->take();
    EXPECT_EQ(read_.size(), 1u);
  }
  void note() {
    for (const auto& [state, at] : read_) queue_->note(state, harness_.clock.now());
  }

  static std::shared_ptr<const blob::FeaturesByAccount> features() {
    blob::FeaturesByAccount features{{"acct", blob::AccountFeatures{.last_access_time = true}}};
    return std::make_shared<const blob::FeaturesByAccount>(std::move(features));
  }

  const std::shared_ptr<blob::AccessQueue> queue_ = std::make_shared<blob::AccessQueue>();
  test::BlobHarness harness_{{.features = features(), .accesses = queue_}};
  blob::Accesses read_;
};

TEST_F(TimesOfLastAccess, AreTriedAgainWhereTheStoreRefusedThem) {
  AccessWriter writer(harness_.service);
  note();
  harness_.rows.fail_commit(1, Error{ErrorCode::kInsufficientStorage, "planned"});
  harness_.run(writer.step());
  EXPECT_EQ(writer.totals().written, 0u);
  harness_.run(writer.step());
  harness_.run(writer.step());
  EXPECT_EQ(writer.totals().written, 1u);
  EXPECT_EQ(writer.totals().dropped, 0u);
}

TEST_F(TimesOfLastAccess, AreWrittenByTheBackgroundTaskAndOnceMoreWhenItStops) {
  test::TestShard shard;
  IdleMover mover;
  BackgroundWork work(*shard, harness_.service, mover);
  note();
  for (int i = 0; i < 1000 && work.access_totals().written == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(work.access_totals().written, 1u);
  harness_.clock.advance(std::chrono::hours(24));
  note();
  work.stop();
  EXPECT_EQ(work.access_totals().written, 2u);
  EXPECT_TRUE(queue_->take().empty());
}

}  // namespace
}  // namespace lapis::daemon
