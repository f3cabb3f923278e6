// Copies that go on behind their answers.
#include "lapis/blob/pending_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "blob/keys.h"
#include "lapis/blob/ops/abort_copy_blob.h"
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using storage::Transaction;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

constexpr std::size_t kAtOnce = 100;

class PendingCopyTest : public ::testing::Test {
 protected:
  PendingCopyTest() { sources_.content = content_; }

  Result<CopyBlobResult> copy(CopyBlob request) {
    request.blob.key = key_of("b");
    request.source.url = "http://elsewhere/c/a?sig=x";
    return harness_.run(copy_blob(harness_.service, std::move(request), sources_));
  }
  Guid begin(CopyBlob request = {}) {
    const auto begun = copy(std::move(request));
    EXPECT_TRUE(begun) << to_string(begun.error());
    EXPECT_EQ(begun->status, CopyStatus::kPending);
    return begun ? begun->copy : Guid{};
  }
  // Whether there was one that was due.
  bool work() { return work(harness_.service); }
  bool work(Service& service) {
    auto taken = service.copies->take(harness_.clock.instant());
    if (!taken) return false;
    auto run = [&]() -> io::Task<Result<void>> {
      co_await run_pending_copy(service, sources_, *std::move(taken));
      co_return Result<void>{};
    };
    return harness_.run(run()).has_value();
  }
  BlobProperties properties() {
    GetBlobProperties request;
    request.key = key_of("b");
    const auto found = harness_.run(get_blob_properties(harness_.service, std::move(request)));
    EXPECT_TRUE(found) << to_string(found.error());
    return found ? *found->properties : BlobProperties{};
  }
  Result<void> abort(const Guid& copy, std::optional<LeaseId> lease = {}) {
    return harness_.run(abort_copy_blob(harness_.service, {key_of("b"), copy, lease}));
  }
  std::size_t rows() { return harness_.rows_of(Table::kPendingCopy); }
  // There is no content, and it can be written to.
  void expect_ended(CopyStatus status, const std::string& description = {}) {
    const BlobProperties ended = properties();
    EXPECT_EQ(ended.copy->status, status);
    EXPECT_EQ(ended.copy->description, description);
    EXPECT_TRUE(ended.copy->completed);
    EXPECT_EQ(ended.content_length, 0u);
    EXPECT_EQ(*harness_.get("b"), "");
    EXPECT_EQ(rows(), 0u);
    EXPECT_EQ(copies_->count(), 0u);
    EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
    EXPECT_TRUE(harness_.put("b", "anew"));
    EXPECT_FALSE(properties().copy);
  }
  static Error unreachable() { return Error{ErrorCode::kCannotVerifyCopySource, "broken"}; }
  static Error refused(int status) {
    Error error = unreachable();
    error.sent_status = status;
    return error;
  }

  const std::string content_ = pattern(1000, 1);
  const std::shared_ptr<PendingCopies> copies_ = std::make_shared<PendingCopies>();
  const std::shared_ptr<FeaturesByAccount> features_ = std::make_shared<FeaturesByAccount>();
  BlobHarness harness_{{.limits = {.inline_body_bytes = 16, .copied_at_once = kAtOnce},
                        .features = features_,
                        .copies = copies_}};
  test::ScriptedSources sources_;
};

TEST_F(PendingCopyTest, WhatIsShortIsDoneWhenItIsAnswered) {
  sources_.content = pattern(kAtOnce, 1);
  const auto done = copy({});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, CopyStatus::kSuccess);
  EXPECT_EQ(*harness_.get("b"), *sources_.content);
  EXPECT_EQ(rows(), 0u);
}

TEST_F(PendingCopyTest, WhatIsLongIsBroughtLater) {
  sources_.properties.http.content_type = "text/plain";
  sources_.properties.http.content_md5 = md5(as_bytes(content_));
  sources_.properties.metadata = Metadata{{"a", "1"}};
  CopyBlob request;
  request.blob.tags = {{"k", "v"}};
  const Guid id = begin(std::move(request));
  const BlobProperties begun = properties();
  EXPECT_EQ(begun.copy->id, id);
  EXPECT_EQ(begun.copy->status, CopyStatus::kPending);
  EXPECT_EQ(begun.copy->total, content_.size());
  EXPECT_EQ(begun.copy->copied, 0u);
  EXPECT_FALSE(begun.copy->completed);
  EXPECT_EQ(begun.content_length, 0u);
  EXPECT_FALSE(begun.http.content_md5);
  EXPECT_EQ(begun.http.content_type, "text/plain");
  EXPECT_EQ(begun.metadata, (Metadata{{"a", "1"}}));
  EXPECT_EQ(*harness_.get("b"), "");
  EXPECT_EQ(rows(), 1u);

  harness_.clock.advance(std::chrono::seconds(5));
  std::vector<std::uint64_t> seen;
  sources_.while_read = [&] { seen.push_back(copies_->copied(id)); };
  ASSERT_TRUE(work());
  EXPECT_FALSE(work());
  EXPECT_EQ(seen.front(), 0u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  const BlobProperties done = properties();
  EXPECT_EQ(*harness_.get("b"), content_);
  EXPECT_EQ(done.content_length, content_.size());
  EXPECT_EQ(done.copy->status, CopyStatus::kSuccess);
  EXPECT_EQ(done.copy->copied, content_.size());
  EXPECT_EQ(done.copy->completed, harness_.clock.now());
  EXPECT_EQ(done.last_modified, harness_.clock.now());
  EXPECT_EQ(done.created, begun.created);
  EXPECT_NE(done.etag, begun.etag);
  EXPECT_EQ(done.http.content_md5, md5(as_bytes(content_)));
  EXPECT_EQ(done.metadata, begun.metadata);
  EXPECT_EQ(done.tags, (Tags{{"k", "v"}}));
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(copies_->count(), 0u);
}

TEST_F(PendingCopyTest, HowFarItIsShows) {
  begin();
  auto taken = copies_->take(harness_.clock.instant());
  taken->progress->copied = 700;
  EXPECT_EQ(properties().copy->copied, 700u);
  struct Sink final : ListSink {
    void blob(std::string_view, const BlobProperties& blob) override { copied = blob.copy->copied; }
    void uncommitted(std::string_view) override {}
    void versions_only(std::string_view, const BlobProperties&) override {}
    void prefix(std::string_view) override {}
    std::uint64_t copied = 0;
  } sink;
  ListBlobs list;
  list.key = {"acct", "box"};
  list.max_results = 10;
  ASSERT_TRUE(harness_.run(list_blobs(harness_.service, std::move(list), sink)));
  EXPECT_EQ(sink.copied, 700u);
}

// --- what may be done to the blob meanwhile ---

template <class Request>
Request to_b() {
  Request request;
  request.key = key_of("b");
  return request;
}

TEST_F(PendingCopyTest, NothingIsWrittenToItMeanwhile) {
  ASSERT_TRUE(harness_.stage("b", "AAAA", "x"));
  begin();
  Service& service = harness_.service;
  const auto code = [](const auto& result) {
    return result ? ErrorCode::kInternalError : result.error().code;
  };
  struct Case {
    const char* name;
    std::function<ErrorCode()> write;
  };
  const Case cases[] = {
      {"put", [&] { return code(harness_.put("b", "x")); }},
      {"put block", [&] { return code(harness_.stage("b", "AAAA", "x")); }},
      {"put block list", [&] { return code(harness_.commit("b", {})); }},
      {"delete", [&] { return code(harness_.erase("b")); }},
      {"snapshot",
       [&] { return code(harness_.run(snapshot_blob(service, to_b<SnapshotBlob>()))); }},
      {"metadata",
       [&] { return code(harness_.run(set_blob_metadata(service, to_b<SetBlobMetadata>()))); }},
      {"properties",
       [&] { return code(harness_.run(set_blob_properties(service, to_b<SetBlobProperties>()))); }},
      {"tags", [&] { return code(harness_.run(set_blob_tags(service, to_b<SetBlobTags>()))); }},
      {"tier",
       [&] {
         SetBlobTier request = to_b<SetBlobTier>();
         request.tier = AccessTier::kCool;
         return code(harness_.run(set_blob_tier(service, std::move(request))));
       }},
      {"copy", [&] { return code(copy({})); }},
      {"copy of itself",
       [&] {
         CopyBlob request;
         request.local = key_of("b");
         return code(copy(std::move(request)));
       }},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(one.write(), ErrorCode::kPendingCopyOperation) << one.name;
  }
  EXPECT_TRUE(harness_.blocks("b"));
  ASSERT_TRUE(work());
  EXPECT_EQ(*harness_.get("b"), content_);
}

TEST_F(PendingCopyTest, IsNoSourceMeanwhile) {
  begin();
  CopyBlob request;
  request.local = key_of("b");
  request.source.url = "http://h/acct/box/b";
  request.blob.key = key_of("c");
  const auto refused = harness_.run(copy_blob(harness_.service, std::move(request), sources_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPendingCopyOperation);
}

TEST_F(PendingCopyTest, IsLeasedMeanwhile) {
  const Guid id = begin();
  LeaseBlob request = to_b<LeaseBlob>();
  request.action.kind = LeaseAction::Kind::kAcquire;
  const auto lease = harness_.run(lease_blob(harness_.service, std::move(request)));
  ASSERT_TRUE(lease);
  EXPECT_EQ(abort(id).error().code, ErrorCode::kLeaseIdMissing);
  ASSERT_TRUE(work());
  EXPECT_EQ(*harness_.get("b"), content_);
  EXPECT_TRUE(properties().lease);
  EXPECT_EQ(harness_.put("b", "x").error().code, ErrorCode::kLeaseIdMissing);
}

// --- its end ---

TEST_F(PendingCopyTest, IsAborted) {
  const Guid id = begin();
  EXPECT_EQ(abort(Guid::make()).error().code, ErrorCode::kCopyIdMismatch);
  ASSERT_TRUE(abort(id));
  EXPECT_EQ(abort(id).error().code, ErrorCode::kNoPendingCopyOperation);
  const int opened = sources_.opened;
  ASSERT_TRUE(work());
  EXPECT_EQ(sources_.opened, opened) << "nothing was read for it";
  expect_ended(CopyStatus::kAborted);
}

TEST_F(PendingCopyTest, ReadingEndsWithAnAbort) {
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

TEST_F(PendingCopyTest, TellsWhichSourceIsRead) {
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

TEST_F(PendingCopyTest, AnotherBlobIsLeftAlone) {
  const Guid id = begin();
  auto taken = copies_->take(harness_.clock.instant());
  ASSERT_TRUE(abort(id));
  ASSERT_TRUE(harness_.put("b", "another"));
  copies_->put_back(taken->id, {});
  EXPECT_TRUE(work());
  EXPECT_FALSE(work());
  EXPECT_EQ(*harness_.get("b"), "another");
}

TEST_F(PendingCopyTest, FailsForGood) {
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

TEST_F(PendingCopyTest, IsTriedFiveTimes) {
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

TEST_F(PendingCopyTest, WaitsAsLongAsTheServerIsBusyOrStops) {
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

TEST_F(PendingCopyTest, GoesOnAfterARestart) {
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

TEST_F(PendingCopyTest, EndsWithItsContainer) {
  begin();
  DeleteContainer request;
  request.key = {"acct", "box"};
  ASSERT_TRUE(harness_.run(delete_container(harness_.service, std::move(request))));
  ASSERT_TRUE(work());
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(copies_->count(), 0u);
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
}

TEST_F(PendingCopyTest, MakesOneVersion) {
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

TEST_F(PendingCopyTest, AnAppendBlobGetsItsBlocksWithItsContent) {
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

TEST_F(PendingCopyTest, OneThatNobodyMakesIsTold) {
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
