#include "lapis/blob/inline_mover.h"

#include <gtest/gtest.h>

#include <set>

#include "blob/clock_hand.h"
#include "blob/move_out.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using namespace std::chrono_literals;
using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::pattern;

constexpr std::size_t kBody = 1'000;

// A store in memory whose files hold what its rows hold, and what was written over until it is
// compacted.
class Mover : public testing::Test {
 protected:
  Mover() { make({}); }

  static test::BlobHarnessOptions harness_options() {
    test::BlobHarnessOptions options;
    options.limits.inline_body_bytes = 4096;
    options.chunks = {.max_chunk_length = 10'000, .lend_length = 5'000};
    options.recent = std::make_shared<RecentReads>(test::ManualClock{}.instant());
    return options;
  }

  void make(std::chrono::milliseconds cold_after) {
    InlineMoverOptions options;
    options.space = [this]() -> Result<storage::MetaSpace> {
      if (fails_) return fail(ErrorCode::kInternalError, "no such disk");
      return storage::MetaSpace{size_, std::max(used_, bytes_of_rows())};
    };
    options.compact = [this](storage::RewrittenRows& rows,
                             std::atomic<bool>&) -> io::Task<Result<void>> {
      EXPECT_LT(rows.first, rows.last);
      ++compactions_;
      if (is_held_) co_return fail(ErrorCode::kServerBusy, "held");
      if (no_room_to_compact_) co_return fail(ErrorCode::kInsufficientStorage, "no room");
      used_ = bytes_of_rows();
      co_return Result<void>{};
    };
    options.high = 0.8;
    options.low = 0.5;
    if (cold_after != 0ms) options.cold_after = cold_after;
    mover_ = InlineMover::make(harness_.service, std::move(options));
  }

  std::uint64_t bytes_of_rows() const {
    std::uint64_t bytes = 0;
    for (const auto& [key, value] : harness_.rows.rows()) {
      if (static_cast<Table>(key[0]) == Table::kBlob) bytes += value.size();
    }
    return bytes;
  }
  static std::string name(int i) { return "blob" + std::to_string(1000 + i); }
  static std::string text(int i) { return pattern(kBody, static_cast<std::uint64_t>(i)); }
  void put_all(int count, int first = 0) {
    for (int i = first; i < count; ++i) ASSERT_TRUE(harness_.put(name(i), text(i)));
    used_ = bytes_of_rows();
  }
  void expect_all(int count) {
    for (int i = 0; i < count; ++i) EXPECT_EQ(harness_.get(name(i)), text(i)) << i;
  }
  // The store has so many percent of its rows' bytes more than it uses now.
  void fill_to(std::uint64_t percent) { size_ = used_ * 100 / percent; }
  bool is_inline_still(int i) {
    const auto row = harness_.run(harness_.rows.get(blob_key(container(), name(i))));
    return short_body_of(blob_key(container(), name(i)), **row)->has_value();
  }
  ContainerId container() {
    for (const auto& [key, value] : harness_.rows.rows()) {
      if (const auto found = parse_name_key(key)) return found->container;
    }
    return {};
  }
  // Steps until it rests or has done what it should.
  InlineMoverStatus work(int steps = 200) {
    for (int i = 0; i < steps; ++i) {
      (void)harness_.run(mover_->step());
      const InlineMoverStatus now = mover_->status();
      if (!now.moving || !now.why.empty()) break;
    }
    return mover_->status();
  }

  BlobHarness harness_{harness_options()};
  std::unique_ptr<InlineMover> mover_;
  std::uint64_t size_ = 1 << 30;
  std::uint64_t used_ = 0;
  int compactions_ = 0;
  bool fails_ = false;
  bool no_room_to_compact_ = false;
  bool is_held_ = false;
};

TEST_F(Mover, DoesNothingBelowTheHighWatermark) {
  put_all(20);
  fill_to(79);
  harness_.clock.advance(5h);
  const auto commits = harness_.rows.commits();
  const auto status = work();
  EXPECT_FALSE(status.moving);
  EXPECT_EQ(status.used_bytes, used_);
  EXPECT_EQ(status.high_bytes, size_ * 8 / 10);
  EXPECT_EQ(harness_.rows.commits(), commits);
}

TEST_F(Mover, MovesUntilTheLowWatermarkIsReached) {
  put_all(600);
  fill_to(90);
  harness_.clock.advance(2h);
  const auto status = work();
  EXPECT_FALSE(status.moving);
  EXPECT_EQ(status.why, "");
  EXPECT_LE(status.used_bytes, size_ / 2);
  EXPECT_GT(status.moved_bodies, 150u);
  EXPECT_LT(status.moved_bodies, 600u);
  EXPECT_EQ(status.moved_bytes, status.moved_bodies * kBody);
  EXPECT_EQ(harness_.chunks.live_bytes(), status.moved_bytes);
  EXPECT_EQ(status.compactions, static_cast<std::uint64_t>(compactions_));
  EXPECT_GT(compactions_, 0);
  expect_all(600);
}

TEST_F(Mover, ChangesNothingThatAClientSees) {
  put_all(1);
  size_ = 1;
  const auto before =
      harness_.run(get_blob_properties(harness_.service, {key_of(name(0)), {}, {}}));
  harness_.clock.advance(2h);
  EXPECT_EQ(work().moved_bodies, 1u);
  EXPECT_FALSE(is_inline_still(0));
  const auto after = harness_.run(get_blob_properties(harness_.service, {key_of(name(0)), {}, {}}));
  EXPECT_EQ(after->properties->etag, before->properties->etag);
  EXPECT_EQ(after->properties->last_modified, before->properties->last_modified);
  EXPECT_EQ(after->properties->content_length, kBody);
  EXPECT_EQ(after->properties->http.content_md5, before->properties->http.content_md5);
  EXPECT_EQ(harness_.get(name(0), RequestedRange{10, 19}), text(0).substr(10, 10));
}

TEST_F(Mover, WhatIsReadStays) {
  put_all(100);
  fill_to(90);
  harness_.clock.advance(2h);
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(harness_.get(name(i)));
  harness_.clock.advance(10min);
  EXPECT_FALSE(work().moving);
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(is_inline_still(i)) << i;
  EXPECT_FALSE(is_inline_still(30));
}

// Also from the cache of records, which leads past the store.
TEST_F(Mover, WhatIsReadFromTheCacheStays) {
  put_all(2);
  harness_.clock.advance(2h);
  ASSERT_TRUE(harness_.get(name(0)));
  harness_.clock.advance(2h);
  ASSERT_TRUE(harness_.get(name(0)));
  size_ = 1;
  EXPECT_EQ(work(3).moved_bodies, 1u);
  EXPECT_TRUE(is_inline_still(0));
}

TEST_F(Mover, TheColdestGoFirstAndTheAgeComesDown) {
  put_all(100);
  harness_.clock.advance(20min);
  put_all(200, 100);
  harness_.clock.advance(20min);
  fill_to(90);
  EXPECT_FALSE(work().moving);
  EXPECT_FALSE(is_inline_still(0));
  for (int i = 100; i < 200; ++i) EXPECT_TRUE(is_inline_still(i)) << i;
  expect_all(200);
}

TEST_F(Mover, WhatIsUsedAllTheTimeIsLeftAndToldOf) {
  put_all(50);
  size_ = used_;
  harness_.clock.advance(30s);
  auto status = work();
  EXPECT_TRUE(status.moving);
  EXPECT_EQ(status.moved_bodies, 0u);
  EXPECT_EQ(status.why, "every small body was written or read in the last 60 s");
  // It rests, and looks again.
  const auto snapshots = harness_.meta.counts.snapshots;
  (void)work(5);
  EXPECT_EQ(harness_.meta.counts.snapshots, snapshots);
  harness_.clock.advance(2min);
  status = work();
  EXPECT_GT(status.moved_bodies, 0u);
  EXPECT_EQ(status.why, "");
}

// What is written again and again is looked at again and again, not ever more seldom.
TEST_F(Mover, ARestIsNoPartOfTheNextRound) {
  for (int i = 0; i < 4; ++i) {
    put_all(20);
    fill_to(90);
    ASSERT_FALSE(work().why.empty()) << i;
    harness_.clock.advance(50s);
  }
  harness_.clock.advance(60s);
  (void)work();
  EXPECT_GT(mover_->status().moved_bodies, 0u);
}

TEST_F(Mover, TellsThatNothingIsLeftToMove) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(harness_.put(name(i), pattern(100, 1)));
  ASSERT_TRUE(harness_.put("long", pattern(50'000, 1)));
  ASSERT_TRUE(harness_.put("empty", ""));
  ASSERT_TRUE(harness_.stage("staged", "AAAA", pattern(500, 1)));
  harness_.commit_mixed("listed", 5);
  used_ = bytes_of_rows();
  size_ = used_;
  harness_.clock.advance(2h);
  const auto status = work();
  EXPECT_EQ(status.moved_bodies, 0u);
  EXPECT_EQ(status.why, "no body that could move is left in it");
}

TEST_F(Mover, AFullPoolKeepsEverythingWhereItIs) {
  put_all(300);
  fill_to(90);
  harness_.clock.advance(2h);
  harness_.chunks.set_capacity(100 * kBody);
  auto status = work();
  EXPECT_TRUE(status.moving);
  EXPECT_NE(status.why.find("full"), std::string::npos) << status.why;
  EXPECT_EQ(harness_.chunks.held_bytes(), status.moved_bytes);
  expect_all(300);
  harness_.chunks.set_capacity(1 << 30);
  harness_.clock.advance(1min);
  status = work();
  EXPECT_FALSE(status.moving);
  EXPECT_EQ(status.why, "");
  expect_all(300);
}

TEST_F(Mover, WithoutRoomToCompactItGoesOnLater) {
  put_all(300);
  fill_to(90);
  harness_.clock.advance(2h);
  no_room_to_compact_ = true;
  EXPECT_EQ(work().why, "InsufficientStorage: no room");
  no_room_to_compact_ = false;
  harness_.clock.advance(1min);
  EXPECT_FALSE(work().moving);
  expect_all(300);
}

// As while the whole store is checked.
TEST_F(Mover, NoMoreMovesBecauseOldRowsAreHeld) {
  put_all(600);
  fill_to(90);
  harness_.clock.advance(2h);
  is_held_ = true;
  const auto held = work();
  EXPECT_TRUE(held.moving);
  EXPECT_EQ(held.why, "ServerBusy: held");
  for (int i = 0; i < 20; ++i) {
    (void)harness_.run(mover_->step());
    harness_.clock.advance(30s);
  }
  EXPECT_EQ(mover_->status().moved_bodies, held.moved_bodies);
  is_held_ = false;
  harness_.clock.advance(2min);
  const auto done = work();
  EXPECT_FALSE(done.moving);
  EXPECT_EQ(done.moved_bodies, held.moved_bodies);
  expect_all(600);
}

// A page of a listing is read in no time: it is tried again soon, and ever later only where that is
// of no use.
TEST_F(Mover, ALittleHoldIsWaitedForALittle) {
  put_all(600);
  fill_to(90);
  harness_.clock.advance(2h);
  is_held_ = true;
  EXPECT_TRUE(work().moving);
  const int tried = compactions_;
  (void)harness_.run(mover_->step());
  EXPECT_EQ(compactions_, tried);
  harness_.clock.advance(1s);
  (void)harness_.run(mover_->step());
  EXPECT_EQ(compactions_, tried + 1);
  harness_.clock.advance(500ms);
  (void)harness_.run(mover_->step());
  EXPECT_EQ(compactions_, tried + 1);
  is_held_ = false;
  harness_.clock.advance(1s);
  EXPECT_FALSE(work().moving);
}

TEST_F(Mover, AnErrorOfTheDiskIsTold) {
  fails_ = true;
  EXPECT_NE(work(1).why.find("no such disk"), std::string::npos);
}

// A process that dies at any border between transactions.
TEST_F(Mover, APowerCutAtEveryCommitLeavesEachBodyInOnePlace) {
  put_all(400);
  fill_to(90);
  harness_.clock.advance(2h);
  for (std::uint64_t n = 1; n < 100; ++n) {
    harness_.rows.fail_commit(n, Error{ErrorCode::kInternalError, "power cut"});
    const auto status = work();
    const bool interrupted = status.why.find("power cut") != std::string::npos;
    EXPECT_EQ(harness_.chunks.held_bytes(), harness_.chunks.live_bytes());
    EXPECT_EQ(harness_.rows_of(Table::kChunk) * kBody, harness_.chunks.live_bytes());
    expect_all(400);
    if (!interrupted) break;
    make({});  // begun again
    harness_.clock.advance(2h);
  }
  EXPECT_LE(bytes_of_rows(), size_ / 2);
}

TEST_F(Mover, TransactionsMayRunTwice) {
  harness_.rows.set_run_twice(true);
  put_all(200);
  size_ = 1;
  harness_.clock.advance(2h);
  EXPECT_EQ(work().moved_bodies, 200u);
  EXPECT_EQ(harness_.chunks.live_bytes(), 200 * kBody);
  expect_all(200);
}

TEST_F(Mover, AMovedBodyThatIsWrittenOverIsInlineAgain) {
  put_all(3);
  size_ = 1;
  harness_.clock.advance(2h);
  EXPECT_EQ(work().moved_bodies, 3u);
  size_ = 1 << 30;
  ASSERT_TRUE(harness_.put(name(0), text(7)));
  ASSERT_TRUE(harness_.erase(name(1)));
  EXPECT_TRUE(is_inline_still(0));
  EXPECT_EQ(harness_.get(name(0)), text(7));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.live_bytes(), kBody);
  EXPECT_EQ(harness_.rows_of(Table::kChunk), 1u);
}

TEST_F(Mover, AReadThatBeganBeforeServesWhatItHas) {
  put_all(1);
  size_ = 1;
  GetBlob request;
  request.key = key_of(name(0));
  auto reading = harness_.run(get_blob(harness_.service, request));
  harness_.clock.advance(2h);
  EXPECT_EQ(work().moved_bodies, 1u);
  EXPECT_EQ(harness_.run(test::read_all(*reading->body)), text(0));
}

// --- what changes between the look and the transaction ---

TEST_F(Mover, OnlyWhatIsStillThereMoves) {
  put_all(4);
  const ContainerId box = container();
  std::vector<ShortBodyRow> rows;
  for (int i = 0; i < 4; ++i) {
    const std::string key = blob_key(box, name(i));
    const auto row = harness_.run(harness_.rows.get(key));
    rows.push_back(**short_body_of(key, **row));
  }
  ASSERT_TRUE(harness_.put(name(0), text(9)));
  ASSERT_TRUE(harness_.erase(name(1)));
  SetBlobMetadata change;
  change.key = key_of(name(2));
  change.metadata = {{"k", "v"}};
  ASSERT_TRUE(harness_.run(set_blob_metadata(harness_.service, change)));
  const auto moved = harness_.run(move_out(harness_.service, rows));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->bodies, 2u);
  EXPECT_EQ(moved->bytes, 2 * kBody);
  EXPECT_EQ(harness_.chunks.held_bytes(), 2 * kBody);
  EXPECT_EQ(harness_.get(name(0)), text(9));
  EXPECT_TRUE(is_inline_still(0));
  EXPECT_EQ(harness_.get(name(1)).error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(harness_.get(name(2)), text(2));
  EXPECT_EQ(harness_.get(name(3)), text(3));
  const auto after = harness_.run(get_blob_properties(harness_.service, {key_of(name(2)), {}, {}}));
  EXPECT_EQ(after->properties->metadata, (Metadata{{"k", "v"}}));
}

TEST_F(Mover, ADeletedContainersBodiesAreLeftToTheSweeper) {
  put_all(4);
  ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}})));
  size_ = 1;
  harness_.clock.advance(2h);
  const auto status = work();
  EXPECT_EQ(status.moved_bodies, 0u);
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kBlob), 0u);
}

TEST_F(Mover, EveryContainersBodiesMove) {
  put_all(10);
  ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "other"}, {}})));
  PutBlob request;
  request.key = {"acct", "other", "one"};
  ASSERT_TRUE(harness_.put(request, text(1)));
  size_ = 1;
  harness_.clock.advance(2h);
  EXPECT_EQ(work().moved_bodies, 11u);
}

// --- the hand ---

std::vector<std::string> round_of(BlobHarness& harness, ClockHand& hand) {
  std::vector<std::string> names;
  while (true) {
    const auto page = harness.run(hand.next(harness.service));
    EXPECT_TRUE(page);
    if (!page || page->empty()) return names;
    for (const Row& row : *page) names.emplace_back(parse_name_key(row.key)->name);
  }
}

TEST_F(Mover, TheHandGoesRoundFromWhereItIs) {
  put_all(1'200);  // three pages
  ClockHand hand;
  EXPECT_EQ(round_of(harness_, hand).size(), 1'200u);
  hand.begin_round();
  const auto page = harness_.run(hand.next(harness_.service));
  ASSERT_TRUE(page && !page->empty());
  hand.go_back(page->at(100).key);
  hand.begin_round();
  const auto names = round_of(harness_, hand);
  ASSERT_EQ(names.size(), 1'200u);
  EXPECT_EQ(names.front(), name(100));
  EXPECT_EQ(names.back(), name(99));
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), 1'200u);
  EXPECT_EQ(round_of(harness_, hand).front(), name(100)) << "and on";
}

}  // namespace
}  // namespace lapis::blob
