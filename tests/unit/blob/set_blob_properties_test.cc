#include "lapis/blob/ops/set_blob_properties.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/get_blob_properties.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;

// Blob "a" with everything set, and what is stored of it after `request`.
struct Before {
  BlobHarness harness;
  Result<PutBlobResult> put = fail(ErrorCode::kInternalError);

  Before() {
    PutBlob request;
    request.key = key_of("a");
    request.http = {"text/x", "gzip", "de", "inline", "no-cache", {}};
    request.metadata = {{"k", "v"}};
    put = harness.put(request, "content");
    EXPECT_TRUE(put);
    harness.clock.advance(std::chrono::seconds(5));
  }
  std::shared_ptr<const BlobProperties> stored() {
    auto read = harness.run(get_blob_properties(harness.service, {key_of("a"), {}, {}}));
    return read ? read->properties : nullptr;
  }
};

TEST(SetBlobProperties, SetsAllSixAndClearsWhatIsNotGiven) {
  Before before;
  SetBlobProperties request;
  request.key = key_of("a");
  request.http.content_language = "fr";
  request.http.content_md5 = Md5Digest{std::byte{1}};  // not that of the content
  const auto set = before.harness.run(set_blob_properties(before.harness.service, request));
  ASSERT_TRUE(set);
  const auto stored = before.stored();
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->http.content_type, "");
  EXPECT_EQ(stored->http.content_encoding, "");
  EXPECT_EQ(stored->http.content_language, "fr");
  EXPECT_EQ(stored->http.content_disposition, "");
  EXPECT_EQ(stored->http.cache_control, "");
  EXPECT_EQ(stored->http.content_md5, request.http.content_md5);
  EXPECT_EQ(stored->metadata, (Metadata{{"k", "v"}}));
  EXPECT_EQ(stored->etag, set->etag);
  EXPECT_NE(stored->etag, before.put->etag);
  EXPECT_EQ(stored->last_modified, before.harness.clock.now());
  EXPECT_EQ(stored->created, before.put->last_modified);
}

TEST(SetBlobProperties, ForgetsTheMd5) {
  Before before;
  SetBlobProperties request;
  request.key = key_of("a");
  ASSERT_TRUE(before.harness.run(set_blob_properties(before.harness.service, request)));
  EXPECT_FALSE(before.stored()->http.content_md5);
  EXPECT_EQ(before.harness.get("a"), "content");
}

TEST(SetBlobProperties, OfPageBlobsAreRefusedBeforeAnythingElseOfTheBlob) {
  Before before;
  SetBlobProperties request;
  request.key = key_of("a");
  request.length = 512;
  request.lease = LeaseId::make();
  request.conditions.if_match = EtagCondition{false, {"0x8D0"}};
  const auto set = before.harness.run(set_blob_properties(before.harness.service, request));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::kInvalidBlobType);
  EXPECT_EQ(before.stored()->http.content_type, "text/x");
  request.key = key_of("none");
  const auto none = before.harness.run(set_blob_properties(before.harness.service, request));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kBlobNotFound);
}

TEST(SetBlobProperties, AreRefusedOfAnArchivedBlob) {
  BlobHarness harness;
  PutBlob archive;
  archive.key = key_of("a");
  archive.tier = AccessTier::kArchive;
  ASSERT_TRUE(harness.put(archive, "cold"));
  SetBlobProperties request;
  request.key = key_of("a");
  const auto set = harness.run(set_blob_properties(harness.service, request));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::kBlobArchived);
}

}  // namespace
}  // namespace lapis::blob
