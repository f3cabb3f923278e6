#include "lapis/blob/ops/set_blob_metadata.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/get_blob_metadata.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

const LeaseId kSomeLease = LeaseId::make();

using test::BlobHarness;
using test::key_of;

SetBlobMetadata request_for(const std::string& name, Metadata metadata = {}) {
  return {key_of(name), std::move(metadata), {}, {}};
}

PutBlob full_blob() {
  PutBlob request;
  request.key = key_of("a");
  request.http.content_type = "text/x";
  request.metadata = {{"Old", "1"}, {"Both", "1"}};
  request.tier = AccessTier::kCool;
  return request;
}

TEST(SetBlobMetadata, ReplacesAllAndNothingElse) {
  BlobHarness harness;
  const auto put = harness.put(full_blob(), "content");
  harness.clock.advance(std::chrono::seconds(5));
  const Metadata metadata = {{"Both", "2"}, {"New", ""}};
  const auto set = harness.run(set_blob_metadata(harness.service, request_for("a", metadata)));
  ASSERT_TRUE(put && set);
  EXPECT_NE(set->etag, put->etag);
  EXPECT_EQ(set->last_modified, harness.clock.now());
  const auto read = harness.run(get_blob_metadata(harness.service, {key_of("a"), {}, {}}));
  ASSERT_TRUE(read);
  const BlobProperties& properties = *read->properties;
  EXPECT_EQ(properties.metadata, metadata);
  EXPECT_EQ(properties.etag, set->etag);
  EXPECT_EQ(properties.last_modified, set->last_modified);
  EXPECT_EQ(properties.created, put->last_modified);
  EXPECT_EQ(properties.http.content_type, "text/x");
  EXPECT_EQ(properties.http.content_md5, put->md5);
  EXPECT_EQ(properties.tier, AccessTier::kCool);
  EXPECT_EQ(properties.tier_changed, put->last_modified);
}

TEST(SetBlobMetadata, OfNothingClears) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put(full_blob(), "content"));
  ASSERT_TRUE(harness.run(set_blob_metadata(harness.service, request_for("a"))));
  const auto read = harness.run(get_blob_metadata(harness.service, {key_of("a"), {}, {}}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->properties->metadata.empty());
}

TEST(SetBlobMetadata, LastModifiedNeverGoesBack) {
  BlobHarness harness;
  const auto put = harness.put("a", "content");
  harness.clock.set(harness.clock.now() - std::chrono::hours(1));
  const auto set = harness.run(set_blob_metadata(harness.service, request_for("a")));
  ASSERT_TRUE(put && set);
  EXPECT_EQ(set->last_modified, put->last_modified);
}

TEST(SetBlobMetadata, RefusesInTheProtocolsOrderAndChangesNothing) {
  BlobHarness harness;
  const auto put = harness.put("a", "content");
  PutBlob archive;
  archive.key = key_of("archived");
  archive.tier = AccessTier::kArchive;
  ASSERT_TRUE(put && harness.put(archive, "cold") && harness.stage("staged", "AAAA", "x"));
  const EtagCondition same{false, {put->etag.text()}};
  const EtagCondition other{false, {"0x8D0"}};
  struct Case {
    std::string name;
    BlobKey key;
    Conditions conditions;
    std::optional<LeaseId> lease;
    ErrorCode error;
  };
  const Case cases[] = {
      {"Combination",
       {"acct", "none", "a"},
       {.if_match = same, .if_none_match = other},
       {},
       ErrorCode::kMultipleConditionHeadersNotSupported},
      {"NoContainer", {"acct", "none", "a"}, {}, {}, ErrorCode::kContainerNotFound},
      {"NoBlob", key_of("none"), {.if_match = same}, kSomeLease, ErrorCode::kBlobNotFound},
      {"UncommittedOnly", key_of("staged"), {}, {}, ErrorCode::kBlobNotFound},
      {"Archived", key_of("archived"), {.if_match = other}, kSomeLease, ErrorCode::kBlobArchived},
      {"Lease",
       key_of("a"),
       {.if_match = other},
       kSomeLease,
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"Match", key_of("a"), {.if_match = other}, {}, ErrorCode::kConditionNotMet},
      {"NoneMatch", key_of("a"), {.if_none_match = same}, {}, ErrorCode::kConditionNotMet},
      {"NoneMatchAny",
       key_of("a"),
       {.if_none_match = EtagCondition{true, {}}},
       {},
       ErrorCode::kConditionNotMet},
  };
  for (const Case& c : cases) {
    const auto set = harness.run(
        set_blob_metadata(harness.service, {c.key, {{"k", "v"}}, c.conditions, c.lease}));
    ASSERT_FALSE(set) << c.name;
    EXPECT_EQ(set.error().code, c.error) << c.name;
  }
  const auto read = harness.run(get_blob_metadata(harness.service, {key_of("a"), {}, {}}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->properties->metadata.empty());
  EXPECT_EQ(read->properties->etag, put->etag);
}

TEST(SetBlobMetadata, OnAConditionThatIsMet) {
  BlobHarness harness;
  const auto put = harness.put("a", "content");
  ASSERT_TRUE(put);
  SetBlobMetadata request = request_for("a", {{"k", "v"}});
  request.conditions.if_match = EtagCondition{false, {put->etag.text()}};
  ASSERT_TRUE(harness.run(set_blob_metadata(harness.service, request)));
  const auto again = harness.run(set_blob_metadata(harness.service, request));
  ASSERT_FALSE(again) << "the tag has changed";
  EXPECT_EQ(again.error().code, ErrorCode::kConditionNotMet);
}

TEST(GetBlobMetadata, RefusesInTheProtocolsOrder) {
  BlobHarness harness;
  const auto put = harness.put("a", "content");
  PutBlob archive;
  archive.key = key_of("archived");
  archive.tier = AccessTier::kArchive;
  archive.metadata = {{"k", "v"}};
  ASSERT_TRUE(put && harness.put(archive, "cold") && harness.stage("staged", "AAAA", "x"));
  const EtagCondition same{false, {put->etag.text()}};
  const EtagCondition other{false, {"0x8D0"}};
  struct Case {
    std::string name;
    GetBlobMetadata request;
    ErrorCode error;
  };
  const Case cases[] = {
      {"Combination",
       {key_of("none"), {.if_match = same, .if_none_match = other}, {}},
       ErrorCode::kMultipleConditionHeadersNotSupported},
      {"NoContainer", {{"acct", "none", "a"}, {}, {}}, ErrorCode::kContainerNotFound},
      {"NoBlob", {key_of("none"), {.if_match = same}, {}}, ErrorCode::kBlobNotFound},
      {"UncommittedOnly", {key_of("staged"), {}, {}}, ErrorCode::kBlobNotFound},
      {"Lease",
       {key_of("a"), {.if_match = other}, kSomeLease},
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"Match", {key_of("a"), {.if_match = other}, {}}, ErrorCode::kConditionNotMet},
      {"NoneMatch", {key_of("a"), {.if_none_match = same}, {}}, ErrorCode::kNotModified},
  };
  for (const Case& c : cases) {
    const auto read = harness.run(get_blob_metadata(harness.service, c.request));
    ASSERT_FALSE(read) << c.name;
    EXPECT_EQ(read.error().code, c.error) << c.name;
  }
  const auto archived = harness.run(get_blob_metadata(harness.service, {archive.key, {}, {}}));
  ASSERT_TRUE(archived);
  EXPECT_EQ(archived->properties->metadata, archive.metadata);
}

}  // namespace
}  // namespace lapis::blob
