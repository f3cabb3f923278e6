// How copies end that go on behind their answers.
#include <gtest/gtest.h>

#include <functional>

#include "blob/keys.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/pending_copies.h"

namespace lapis::blob {
namespace {

using storage::Transaction;
using test::pattern;

class PendingCopyEnd : public test::PendingCopyTest {};

TEST_F(PendingCopyEnd, IsAborted) {
  const Guid id = begin();
  EXPECT_EQ(abort(Guid::make()).error().code, ErrorCode::kCopyIdMismatch);
  ASSERT_TRUE(abort(id));
  EXPECT_EQ(abort(id).error().code, ErrorCode::kNoPendingCopyOperation);
  const int opened = sources_.opened;
  ASSERT_TRUE(work());
  EXPECT_EQ(sources_.opened, opened) << "nothing was read for it";
  expect_ended(CopyStatus::kAborted);
}

TEST_F(PendingCopyEnd, ReadingEndsWithAnAbort) {
  const Guid id = begin();
  int reads = 0;
  sources_.while_read = [&] {
    if (++reads == 1) copies_->abort(id);
  };
  ASSERT_TRUE(work());
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(*harness_.get("b"), "");
  ASSERT_TRUE(abort(id));
  expect_ended(CopyStatus::kAborted);
}

TEST_F(PendingCopyEnd, TellsWhichSourceIsRead) {
  begin();
  auto taken = copies_->take(harness_.clock.instant());
  const auto progress = taken->progress;
  copies_->put_back(taken->id, {});
  sources_.while_read = [&] {
    ASSERT_NE(progress->source, nullptr);
    if (sources_.aborted == 0) progress->source->abort();
  };
  ASSERT_TRUE(work());
  EXPECT_EQ(sources_.aborted, 1);
  EXPECT_EQ(progress->source, nullptr);
}

TEST_F(PendingCopyEnd, AnotherBlobIsLeftAlone) {
  const Guid id = begin();
  auto taken = copies_->take(harness_.clock.instant());
  ASSERT_TRUE(abort(id));
  ASSERT_TRUE(harness_.put("b", "another"));
  copies_->put_back(taken->id, {});
  EXPECT_TRUE(work());
  EXPECT_FALSE(work());
  EXPECT_EQ(*harness_.get("b"), "another");
}

TEST_F(PendingCopyEnd, FailsForGood) {
  struct Case {
    std::function<void()> happens;
    std::string description;
  };
  const Case cases[] = {
      {[&] { sources_.refusal = refused(404); },
       R"(404 CannotVerifyCopySource "Copy failed when reading the source.")"},
      {[&] {
         sources_.refusal = refused(403);
         sources_.refusal->fields = {{"CopySourceErrorCode", "AuthenticationFailed"}};
       },
       R"(403 AuthenticationFailed "Copy failed when reading the source.")"},
      {[&] { sources_.refusal = refused(412); },
       R"(412 ConditionNotMet "Copy failed when reading the source.")"},
      {[&] { sources_.content = pattern(999, 2); },
       R"(412 ConditionNotMet "Copy failed when reading the source.")"},
      {[&] { harness_.clock.advance(std::chrono::hours(14 * 24 + 1)); },
       R"(500 OperationTimedOut "The copy took too long.")"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.description);
    sources_.refusal.reset();
    sources_.content = content_;
    begin();
    one.happens();
    ASSERT_TRUE(work());
    EXPECT_FALSE(work());
    expect_ended(CopyStatus::kFailed, one.description);
  }
}

TEST_F(PendingCopyEnd, IsTriedFiveTimes) {
  for (const int failures : {4, 5}) {
    SCOPED_TRACE(failures);
    begin();
    sources_.refusal = failures == 4 ? unreachable() : refused(503);
    for (int i = 0; i < failures; ++i) {
      ASSERT_TRUE(work());
      if (i + 1 == 5) break;
      EXPECT_EQ(properties().copy->status, CopyStatus::kPending);
      harness_.clock.advance(std::chrono::milliseconds((1000 << i) - 1));
      EXPECT_FALSE(work()) << "too early";
      harness_.clock.advance(std::chrono::milliseconds(1));
    }
    sources_.refusal.reset();
    if (failures == 5) {
      expect_ended(CopyStatus::kFailed,
                   R"(503 CannotVerifyCopySource "Copy failed when reading the source.")");
    } else {
      ASSERT_TRUE(work());
      EXPECT_EQ(*harness_.get("b"), content_);
      ASSERT_TRUE(harness_.erase("b"));
      ASSERT_TRUE(harness_.reclaim());
    }
  }
}

TEST_F(PendingCopyEnd, FailsWhereTheSourceTellsAnotherEtag) {
  sources_.properties.etag = "\"1\"";
  begin();
  sources_.properties.etag = "\"2\"";
  ASSERT_TRUE(work());
  expect_ended(CopyStatus::kFailed,
               R"(412 ConditionNotMet "Copy failed when reading the source.")");
}

TEST_F(PendingCopyEnd, FailsWhenTwoWeeksAreOverWhileItIsRead) {
  begin();
  sources_.while_read = [&] { harness_.clock.advance(std::chrono::hours(14 * 24)); };
  ASSERT_TRUE(work());
  expect_ended(CopyStatus::kFailed, R"(500 OperationTimedOut "The copy took too long.")");
}

TEST_F(PendingCopyEnd, WaitsForRoom) {
  begin();
  sources_.refusal = Error{ErrorCode::kInsufficientStorage};
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().copy->status, CopyStatus::kPending);
  sources_.refusal.reset();
  harness_.clock.advance(std::chrono::seconds(7));
  EXPECT_FALSE(work());
  harness_.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(work());
  EXPECT_EQ(*harness_.get("b"), content_);
}

TEST_F(PendingCopyEnd, AnEndThatCannotBeWrittenIsTriedFiveTimes) {
  begin();
  const int opened = sources_.opened;
  harness_.meta.fail_commits = true;
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(work());
    harness_.clock.advance(std::chrono::seconds(64));
  }
  harness_.meta.fail_commits = false;
  EXPECT_EQ(sources_.opened, opened + 5) << "and is not read again then";
  ASSERT_TRUE(work());
  EXPECT_EQ(sources_.opened, opened + 5);
  expect_ended(CopyStatus::kFailed, R"(500 InternalError "Copy failed when writing the blob.")");
}

TEST_F(PendingCopyEnd, WaitsAsLongAsTheServerIsBusyOrStops) {
  begin();
  sources_.refusal = Error{ErrorCode::kServerBusy};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(work());
    harness_.clock.advance(std::chrono::seconds(1));
  }
  sources_.refusal = refused(404);
  copies_->stop();
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().copy->status, CopyStatus::kPending);
  EXPECT_EQ(rows(), 1u);
}

TEST_F(PendingCopyEnd, GoesOnAfterARestart) {
  begin();
  const auto again = std::make_shared<PendingCopies>();
  Service service(harness_.meta, harness_.chunks, harness_.blocking, harness_.clock,
                  {.inline_body_bytes = 16}, 1 << 20, harness_.service.epochs, nullptr,
                  harness_.service.time, features_, nullptr, again);
  ASSERT_TRUE(harness_.run(resume_pending_copies(service)));
  EXPECT_EQ(again->count(), 1u);
  ASSERT_TRUE(harness_.run(resume_pending_copies(service))) << "added once";
  ASSERT_TRUE(work(service));
  EXPECT_FALSE(work(service));
  EXPECT_EQ(*harness_.get("b"), content_);
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(again->count(), 0u);
}

TEST_F(PendingCopyEnd, EndsWithItsContainer) {
  begin();
  DeleteContainer request;
  request.key = {"acct", "box"};
  ASSERT_TRUE(harness_.run(delete_container(harness_.service, std::move(request))));
  const int opened = sources_.opened;
  ASSERT_TRUE(work());
  EXPECT_EQ(sources_.opened, opened) << "nothing is read for it";
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(copies_->count(), 0u);
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
}

TEST_F(PendingCopyEnd, MakesOneVersion) {
  (*features_)["acct"].versioning = true;
  ASSERT_TRUE(harness_.put("b", "before"));
  harness_.clock.advance(std::chrono::seconds(1));
  begin();
  const BlobProperties begun = properties();
  EXPECT_EQ(begun.versions, 1u);
  harness_.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().versions, 1u);
  EXPECT_EQ(properties().version, begun.version);
  EXPECT_EQ(*harness_.get("b"), content_);
}

TEST_F(PendingCopyEnd, AnAppendBlobGetsItsBlocksWithItsContent) {
  sources_.properties.type = BlobType::kAppend;
  sources_.properties.append_blocks = 7;
  sources_.properties.sealed = true;
  begin();
  EXPECT_EQ(properties().append_blocks, 0u);
  EXPECT_FALSE(properties().sealed);
  EXPECT_EQ(harness_.append("b", "x").error().code, ErrorCode::kPendingCopyOperation);
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().append_blocks, 7u);
  EXPECT_TRUE(properties().sealed);
  EXPECT_EQ(*harness_.get("b"), content_);
}

TEST_F(PendingCopyEnd, OneThatNobodyMakesIsTold) {
  const Guid id = begin();
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  Transaction forget = [&id](storage::MetaView& view) -> Result<void> {
    view.erase(pending_copy_key(id));
    return {};
  };
  ASSERT_TRUE(harness_.run(harness_.meta.transact({}, std::move(forget))));
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{"lost pending_copy"});
  ASSERT_TRUE(abort(id));
  ASSERT_TRUE(work());
  expect_ended(CopyStatus::kAborted);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
}

}  // namespace
}  // namespace lapis::blob
