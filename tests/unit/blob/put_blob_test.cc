#include "lapis/blob/ops/put_blob.h"

#include <gtest/gtest.h>

#include "lapis/base/base64.h"
#include "lapis/base/crc64.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;

constexpr std::size_t kLengths[] = {0, 1, 15, 16, 17, 99, 100, 101, 350};

PutBlob request_for(const std::string& name) {
  PutBlob request;
  request.key = key_of(name);
  return request;
}

std::shared_ptr<const BlobProperties> properties_of(BlobHarness& harness, const std::string& name) {
  auto result = harness.run(get_blob_properties(harness.service, {key_of(name), {}, {}}));
  return result ? result->properties : nullptr;
}

TEST(PutBlob, GivesBackWhatItTookAtEveryLength) {
  BlobHarness harness;
  for (const std::size_t length : kLengths) {
    const std::string text = pattern(length, length);
    const auto put = harness.put("a", text);
    ASSERT_TRUE(put) << length;
    EXPECT_EQ(put->md5, md5(as_bytes(text)));
    EXPECT_EQ(put->crc64, crc64(as_bytes(text)));
    EXPECT_EQ(harness.get("a"), text) << length;
  }
}

TEST(PutBlob, StoresPropertiesAndTheComputedMd5) {
  BlobHarness harness;
  PutBlob request = request_for("a");
  request.http = {"text/x", "gzip", "de", "inline", "no-cache", Md5Digest{}};
  request.metadata = {{"Key", "v1"}, {"other", ""}};
  request.tier = AccessTier::kCool;
  ASSERT_TRUE(harness.put(request, "hello"));
  const auto stored = properties_of(harness, "a");
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->http.content_type, "text/x");
  EXPECT_EQ(stored->http.content_encoding, "gzip");
  EXPECT_EQ(stored->http.content_language, "de");
  EXPECT_EQ(stored->http.content_disposition, "inline");
  EXPECT_EQ(stored->http.cache_control, "no-cache");
  EXPECT_EQ(stored->http.content_md5, md5(as_bytes("hello")));
  EXPECT_EQ(stored->metadata, request.metadata);
  EXPECT_EQ(stored->content_length, 5u);
  EXPECT_EQ(stored->tier, AccessTier::kCool);
  EXPECT_FALSE(stored->tier_inferred);
  EXPECT_TRUE(stored->tier_changed.has_value());
}

TEST(PutBlob, ReplacesPropertiesAndInheritsTheTier) {
  BlobHarness harness;
  PutBlob first = request_for("a");
  first.http.content_type = "text/x";
  first.metadata = {{"k", "v"}};
  first.tier = AccessTier::kCold;
  const auto before = harness.put(first, "one");
  harness.clock.advance(std::chrono::seconds(5));
  const auto after = harness.put("a", "two");
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->etag, after->etag);
  const auto stored = properties_of(harness, "a");
  EXPECT_EQ(stored->http.content_type, "");
  EXPECT_TRUE(stored->metadata.empty());
  EXPECT_EQ(stored->tier, AccessTier::kCold);
  EXPECT_FALSE(stored->tier_inferred);
  EXPECT_EQ(stored->created, harness.clock.now());
}

TEST(PutBlob, LastModifiedNeverGoesBack) {
  BlobHarness harness;
  const auto first = harness.put("a", "one");
  harness.clock.set(harness.clock.now() - std::chrono::hours(1));
  const auto second = harness.put("a", "two");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->last_modified, first->last_modified);
}

TEST(PutBlob, DiscardsUncommittedBlocks) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", pattern(50, 1)));
  ASSERT_TRUE(harness.put("a", pattern(60, 2)));
  EXPECT_TRUE(harness.blocks("a")->uncommitted.empty());
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 60u);
}

struct HashCase {
  std::string name;
  std::optional<std::string> md5_of, blob_md5_of, crc_of;
  std::optional<ErrorCode> error;
};

TEST(PutBlob, ChecksTheHashesItIsGiven) {
  const std::string text = "some text that is longer than sixteen bytes";
  const HashCase cases[] = {
      {"RightMd5", text, {}, {}, {}},
      {"WrongMd5", "other", {}, {}, ErrorCode::kMd5Mismatch},
      {"RightCrc", {}, {}, text, {}},
      {"WrongCrc", {}, {}, "other", ErrorCode::kCrc64Mismatch},
      {"WrongBlobMd5", {}, "other", {}, ErrorCode::kMd5Mismatch},
      {"BlobMd5BeatsMd5", "other", text, {}, {}},
      {"WrongBlobMd5BeatsRightMd5", text, "other", {}, ErrorCode::kMd5Mismatch},
  };
  for (const std::uint64_t inline_bytes : {16u, 100u}) {
    for (const HashCase& c : cases) {
      BlobHarness harness({.limits = {.inline_body_bytes = inline_bytes}});
      PutBlob request = request_for("a");
      if (c.md5_of) request.hashes.md5 = md5(as_bytes(*c.md5_of));
      if (c.blob_md5_of) request.blob_md5 = md5(as_bytes(*c.blob_md5_of));
      if (c.crc_of) request.hashes.crc64 = crc64(as_bytes(*c.crc_of));
      const auto result = harness.put(request, text);
      EXPECT_EQ(result.has_value(), !c.error) << c.name;
      if (c.error) {
        EXPECT_EQ(result.error().code, *c.error) << c.name;
        EXPECT_EQ(harness.get("a").error().code, ErrorCode::kBlobNotFound) << c.name;
        EXPECT_EQ(harness.chunks.held_bytes(), 0u) << c.name;
      }
    }
  }
}

TEST(PutBlob, MismatchTellsBothValues) {
  BlobHarness harness;
  PutBlob request = request_for("a");
  request.hashes.md5 = md5(as_bytes("x"));
  const auto result = harness.put(request, "hello");
  ASSERT_FALSE(result);
  ASSERT_EQ(result.error().fields.size(), 2u);
  EXPECT_EQ(result.error().fields[0].name, "UserSpecifiedMd5");
  EXPECT_EQ(result.error().fields[0].value, base64_encode(md5(as_bytes("x"))));
  EXPECT_EQ(result.error().fields[1].name, "ServerCalculatedMd5");
  EXPECT_EQ(result.error().fields[1].value, base64_encode(md5(as_bytes("hello"))));

  PutBlob other = request_for("a");
  other.hashes.crc64 = crc64(as_bytes("a"));
  const auto crc = harness.put(other, "hello");
  ASSERT_FALSE(crc);
  EXPECT_EQ(crc.error().fields[0].name, "UserSpecifiedCrc");
  EXPECT_EQ(crc.error().fields[0].value, "PPzLtEWEL4w=");
  EXPECT_EQ(crc.error().fields[1].name, "ServerCalculatedCrc");
  EXPECT_EQ(crc.error().fields[1].value, "V0JSBnCFdzM=");
}

// A body that must not be read: the refusal comes before.
class UnreadSource final : public io::ByteSource {
 public:
  std::uint64_t remaining() const override { return 1000; }
  io::Task<Result<std::size_t>> read(MutableBytes) override {
    read_ = true;
    co_return fail(ErrorCode::kInternalError, "was read");
  }
  bool was_read() const { return read_; }

 private:
  bool read_ = false;
};

struct RefusalCase {
  std::string name;
  std::function<void(BlobHarness&, PutBlob&)> arrange;
  ErrorCode error;
};

TEST(PutBlob, RefusesBeforeTheBodyIsRead) {
  const EtagCondition any{true, {}};
  const RefusalCase cases[] = {
      {"NoContainer", [](BlobHarness&, PutBlob& r) { r.key.container = "none"; },
       ErrorCode::kContainerNotFound},
      {"MayNotOverwrite", [](BlobHarness&, PutBlob& r) { r.may_overwrite = false; },
       ErrorCode::kUnauthorizedBlobOverwrite},
      {"Lease", [](BlobHarness&, PutBlob& r) { r.lease = LeaseId::make(); },
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"IfNoneMatchAny", [&](BlobHarness&, PutBlob& r) { r.conditions.if_none_match = any; },
       ErrorCode::kBlobAlreadyExists},
      {"LeaseBeforeConditions",
       [&](BlobHarness&, PutBlob& r) {
         r.lease = LeaseId::make();
         r.conditions.if_none_match = any;
       },
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"IfMatchOther",
       [](BlobHarness&, PutBlob& r) { r.conditions.if_match = EtagCondition{false, {"0x1"}}; },
       ErrorCode::kConditionNotMet},
      {"Combination",
       [&](BlobHarness&, PutBlob& r) {
         r.key.container = "none";
         r.conditions.if_match = any;
         r.conditions.if_none_match = any;
       },
       ErrorCode::kMultipleConditionHeadersNotSupported},
      {"Archived",
       [](BlobHarness& h, PutBlob&) {
         PutBlob archive = request_for("a");
         archive.tier = AccessTier::kArchive;
         ASSERT_TRUE(h.put(archive, "cold"));
       },
       ErrorCode::kBlobArchived},
      {"NoRoom", [](BlobHarness& h, PutBlob&) { h.chunks.set_capacity(100); },
       ErrorCode::kInsufficientStorage},
  };
  for (const RefusalCase& c : cases) {
    BlobHarness harness;
    ASSERT_TRUE(harness.put("a", "old"));
    PutBlob request = request_for("a");
    request.content_length = 1000;
    c.arrange(harness, request);
    UnreadSource body;
    const auto result = harness.run(put_blob(harness.service, request, body));
    ASSERT_FALSE(result) << c.name;
    EXPECT_EQ(result.error().code, c.error) << c.name;
    EXPECT_FALSE(body.was_read()) << c.name;
  }
}

TEST(PutBlob, DecidesAgainInsideTheTransaction) {
  BlobHarness harness;
  PutBlob create = request_for("a");
  create.conditions.if_none_match = EtagCondition{true, {}};
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    PutBlob other = request_for("a");
    other.content_length = 3;
    test::TextSource source("one");
    LAPIS_CHECK(co_await put_blob(harness.service, std::move(other), source));
  };
  const auto result = harness.put(create, pattern(200, 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBlobAlreadyExists);
  EXPECT_EQ(harness.get("a"), "one");
  EXPECT_EQ(harness.chunks.held_bytes(), 0u);
}

TEST(PutBlob, FindsItsContainerDeletedMeanwhile) {
  BlobHarness harness;
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    DeleteContainer gone{{"acct", "box"}, {}, {}};
    LAPIS_CHECK(co_await delete_container(harness.service, std::move(gone)));
    CreateContainer again{{"acct", "box"}, {}};
    LAPIS_CHECK(co_await create_container(harness.service, std::move(again)));
  };
  const auto result = harness.put("a", "text");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kContainerNotFound);
  EXPECT_EQ(harness.get("a").error().code, ErrorCode::kBlobNotFound);
}

TEST(PutBlob, IsOneTransaction) {
  BlobHarness harness;
  for (const std::size_t length : {5u, 500u}) {
    harness.meta.counts = {};
    ASSERT_TRUE(harness.put("a", pattern(length, 1)));
    EXPECT_EQ(harness.meta.counts.transactions, 1u);
    EXPECT_EQ(harness.meta.counts.snapshots, 0u);
  }
}

TEST(PutBlob, LeavesNothingWhenTheCommitFails) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(40, 1)));
  harness.rows.fail_commit(1, Error{ErrorCode::kInternalError});
  EXPECT_FALSE(harness.put("a", pattern(400, 2)));
  EXPECT_EQ(harness.get("a"), pattern(40, 1));
  EXPECT_EQ(harness.chunks.held_bytes(), 40u);
}

TEST(PutBlob, IsRightWhenItsTransactionRunsTwice) {
  BlobHarness harness;
  harness.rows.set_run_twice(true);
  ASSERT_TRUE(harness.put("a", pattern(400, 1)));
  ASSERT_TRUE(harness.put("a", pattern(300, 2)));
  EXPECT_EQ(harness.get("a"), pattern(300, 2));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 300u);
}

}  // namespace
}  // namespace lapis::blob
