// Copies that go on behind their answers: what they make, and what may be done meanwhile. How they
// end: pending_copy_end_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "lapis/blob/ops/delete_blob_immutability_policy.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/set_blob_immutability_policy.h"
#include "lapis/blob/ops/set_blob_legal_hold.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "unit/blob/pending_copies.h"

namespace lapis::blob {
namespace {

using test::kAtOnce;
using test::key_of;
using test::pattern;
using test::PendingCopyTest;

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

// Its own bytes are read before they are replaced: what is pending has none to be read later.
TEST_F(PendingCopyTest, ACopyOverItselfIsDoneWhenItIsAnswered) {
  const auto put = harness_.put("b", content_);
  ASSERT_TRUE(put);
  CopyBlob request;
  request.blob.metadata = {{"a", "1"}};
  for (const std::string& etag : {std::string(put->etag.quoted().view()), std::string()}) {
    sources_.properties.etag = etag;
    const auto done = copy(request);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->status, CopyStatus::kSuccess) << etag;
    EXPECT_EQ(*harness_.get("b"), content_);
    EXPECT_EQ(properties().metadata, (Metadata{{"a", "1"}}));
  }
  // Written over by somebody else since the source has answered.
  sources_.properties.etag = "\"another\"";
  sources_.properties.own = test::key_of("b");
  EXPECT_EQ(copy(request)->status, CopyStatus::kSuccess);
  EXPECT_EQ(*harness_.get("b"), content_);
  sources_.properties.own.reset();
  EXPECT_EQ(copy(request)->status, CopyStatus::kPending);
}

TEST_F(PendingCopyTest, TooManyAreRefused) {
  for (std::size_t i = 0; i < PendingCopies::kMost; ++i) copies_->add(Guid::make());
  const auto refused = copy({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  EXPECT_EQ(harness_.get("b").error().code, ErrorCode::kBlobNotFound);
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

TEST_F(PendingCopyTest, NothingIsProtectedMeanwhile) {
  (*features_)["acct"].immutable_storage = true;
  begin();
  Service& service = harness_.service;
  SetBlobImmutabilityPolicy policy = to_b<SetBlobImmutabilityPolicy>();
  policy.policy.until = harness_.clock.now() + std::chrono::hours(1);
  const Result<void> results[] = {
      harness_.run(set_blob_legal_hold(service, {key_of("b"), true})),
      harness_.run(set_blob_immutability_policy(service, std::move(policy))),
      harness_.run(delete_blob_immutability_policy(service, {key_of("b")})),
  };
  for (const Result<void>& result : results) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kPendingCopyOperation);
  }
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

}  // namespace
}  // namespace lapis::blob
