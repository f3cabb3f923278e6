#include <gtest/gtest.h>

#include "lapis/azure/ops/get_blob_metadata.h"
#include "lapis/azure/ops/set_blob_metadata.h"
#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

const std::string kTarget = "/acct/box/b?comp=metadata";

TEST(ParseGetBlobMetadata, ReadsConditions) {
  const auto request = parse_get_blob_metadata(make_call(
      "HEAD", kTarget,
      {{"If-None-Match", "\"a\""}, {"x-ms-lease-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.name, "b");
  EXPECT_EQ(request->conditions.if_none_match->tags[0], "a");
  EXPECT_TRUE(request->lease);
}

TEST(RenderGetBlobMetadata, IsHeadersOnly) {
  blob::BlobProperties properties;
  properties.etag = {1};
  properties.last_modified = *parse_iso8601("2021-01-02T03:04:05.9Z");
  properties.content_length = 100;
  properties.http.content_type = "text/plain";
  properties.metadata = {{"Key", "value"}, {"other", ""}};
  const auto response = render_get_blob_metadata(
      make_call("GET", kTarget), {std::make_shared<const blob::BlobProperties>(properties)});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Sat, 02 Jan 2021 03:04:05 GMT");
  EXPECT_EQ(response.headers.get("x-ms-meta-Key"), "value");
  EXPECT_TRUE(response.headers.find("x-ms-meta-other"));
  EXPECT_EQ(response.headers.all().size(), 4u);
}

TEST(ParseSetBlobMetadata, ReadsEverything) {
  const auto request = parse_set_blob_metadata(make_call(
      "PUT", kTarget, {{"x-ms-meta-A", "1"}, {"x-ms-meta-b", ""}, {"If-Match", "\"a\""}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->metadata, (blob::Metadata{{"A", "1"}, {"b", ""}}));
  EXPECT_EQ(request->conditions.if_match->tags[0], "a");
}

TEST(ParseSetBlobMetadata, Refuses) {
  struct Case {
    std::string header, value;
    ErrorCode error;
  };
  const Case cases[] = {
      {"x-ms-meta-", "a", ErrorCode::kEmptyMetadataKey},
      {"x-ms-meta-1a", "a", ErrorCode::kInvalidMetadata},
      {"x-ms-meta-a", std::string(8192, 'x'), ErrorCode::kMetadataTooLarge},
      {"If-Match", "\"a\", \"b\"", ErrorCode::kMultipleConditionHeadersNotSupported},
      {"x-ms-lease-id", "x", ErrorCode::kInvalidHeaderValue},
  };
  for (const Case& c : cases) {
    const auto request = parse_set_blob_metadata(make_call("PUT", kTarget, {{c.header, c.value}}));
    ASSERT_FALSE(request) << c.header;
    EXPECT_EQ(request.error().code, c.error) << c.header;
  }
}

TEST(RenderSetBlobMetadata, TellsOfEncryptionSince20151211) {
  const auto at = [](const std::string& version) {
    return render_set_blob_metadata(make_call("PUT", kTarget, {}, version), {{1}, {}});
  };
  EXPECT_EQ(at("2015-12-11").status, 200);
  EXPECT_EQ(at("2015-12-11").headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(at("2015-12-11").headers.get("x-ms-request-server-encrypted"), "false");
  EXPECT_FALSE(at("2015-07-08").headers.find("x-ms-request-server-encrypted"));
}

}  // namespace
}  // namespace lapis::azure
