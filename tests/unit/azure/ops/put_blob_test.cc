#include "lapis/azure/ops/put_blob.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::Field;
using test::field_of;
using test::make_call;

test::OwnedCall put(std::vector<Field> fields, const std::string& version = "2021-12-02") {
  http::Request request =
      test::make_request("PUT", "/acct/box/dir/b.txt", {{"Content-Length", "5"}});
  request.headers.add("x-ms-version", version);
  bool typed = false;
  for (const Field& field : fields) {
    typed = typed || field.name == "x-ms-blob-type";
    request.headers.add(field.name, field.value);
  }
  if (!typed) request.headers.add("x-ms-blob-type", "BlockBlob");
  return make_call(std::move(request));
}

TEST(ParsePutBlob, ReadsEverything) {
  const auto request =
      parse_put_blob(put({{"Content-Type", "text/a"},
                          {"x-ms-blob-content-type", "text/b"},
                          {"Content-Encoding", "gzip"},
                          {"x-ms-blob-content-language", "de"},
                          {"Cache-Control", "no-cache"},
                          {"x-ms-blob-content-disposition", "attachment"},
                          {"x-ms-meta-Key", "value"},
                          {"x-ms-access-tier", "Cool"},
                          {"If-None-Match", "*"},
                          {"x-ms-lease-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
                          {"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="},
                          {"x-ms-blob-content-md5", "AQAAAAAAAAAAAAAAAAAAAA=="}}));
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->key.account, "acct");
  EXPECT_EQ(request->key.container, "box");
  EXPECT_EQ(request->key.name, "dir/b.txt");
  EXPECT_EQ(request->content_length, 5u);
  EXPECT_EQ(request->http.content_type, "text/b");
  EXPECT_EQ(request->http.content_encoding, "gzip");
  EXPECT_EQ(request->http.content_language, "de");
  EXPECT_EQ(request->http.cache_control, "no-cache");
  EXPECT_EQ(request->http.content_disposition, "attachment");
  EXPECT_FALSE(request->http.content_md5);
  EXPECT_EQ(request->metadata, (blob::Metadata{{"Key", "value"}}));
  EXPECT_EQ(request->tier, blob::AccessTier::kCool);
  EXPECT_TRUE(request->conditions.if_none_match->any);
  EXPECT_EQ(request->lease->to_string(), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(request->hashes.md5, Md5Digest{});
  EXPECT_EQ((*request->blob_md5)[0], std::byte{1});
  EXPECT_TRUE(request->may_overwrite);
}

TEST(ParsePutBlob, DefaultsTheContentType) {
  EXPECT_EQ(parse_put_blob(put({}))->http.content_type, "application/octet-stream");
}

TEST(ParsePutBlob, EmptyServiceHeadersAreUnset) {
  const auto request = parse_put_blob(put({{"x-ms-blob-content-type", ""},
                                           {"Content-Type", "text/a"},
                                           {"x-ms-blob-cache-control", ""},
                                           {"x-ms-blob-content-md5", ""},
                                           {"x-ms-access-tier", ""}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->http.content_type, "text/a");
  EXPECT_EQ(request->http.cache_control, "");
  EXPECT_FALSE(request->blob_md5);
  EXPECT_FALSE(request->tier);
}

TEST(ParsePutBlob, DispositionHasNoStandardHeader) {
  EXPECT_EQ(parse_put_blob(put({{"Content-Disposition", "inline"}}))->http.content_disposition, "");
}

TEST(ParsePutBlob, ReadsACrc) {
  EXPECT_EQ(parse_put_blob(put({{"x-ms-content-crc64", "PPzLtEWEL4w="}}))->hashes.crc64,
            0x8c2f8445b4cbfc3cull);
}

struct Bad {
  const char* name;
  Field field;
  ErrorCode code;
};

class RefusePutBlob : public testing::TestWithParam<Bad> {};

TEST_P(RefusePutBlob, Fails) {
  const auto request = parse_put_blob(put({GetParam().field}));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, GetParam().code);
}

const Bad kBad[] = {
    {"NoType", {"x-ms-blob-type", ""}, ErrorCode::kMissingRequiredHeader},
    {"UnknownType", {"x-ms-blob-type", "Blob"}, ErrorCode::kInvalidHeaderValue},
    {"AppendBlob", {"x-ms-blob-type", "AppendBlob"}, ErrorCode::kInvalidHeaderValue},
    {"PageBlob", {"x-ms-blob-type", "PageBlob"}, ErrorCode::kInvalidHeaderValue},
    {"Md5NoBase64", {"Content-MD5", "x"}, ErrorCode::kInvalidMd5},
    {"Md5Short", {"Content-MD5", "AAAA"}, ErrorCode::kInvalidMd5},
    {"BlobMd5Short", {"x-ms-blob-content-md5", "AAAA"}, ErrorCode::kInvalidMd5},
    {"CrcShort", {"x-ms-content-crc64", "AAAA"}, ErrorCode::kInvalidHeaderValue},
    {"CrcNoBase64", {"x-ms-content-crc64", "???"}, ErrorCode::kInvalidHeaderValue},
    {"CrcLong", {"x-ms-content-crc64", "AAAAAAAAAAAAAAAA"}, ErrorCode::kCrc64Mismatch},
    {"UnknownTier", {"x-ms-access-tier", "Lukewarm"}, ErrorCode::kInvalidHeaderValue},
    {"TierOfALaterVersion", {"x-ms-access-tier", "Smart"}, ErrorCode::kInvalidHeaderValue},
    {"LeaseIsNoGuid", {"x-ms-lease-id", "abc"}, ErrorCode::kInvalidHeaderValue},
    {"BadMetadata", {"x-ms-meta-a-b", "1"}, ErrorCode::kInvalidMetadata},
    {"BadDate", {"If-Modified-Since", "x"}, ErrorCode::kInvalidHeaderValue},
};
INSTANTIATE_TEST_SUITE_P(Headers, RefusePutBlob, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParsePutBlob, BothHashesAreRefused) {
  const auto request = parse_put_blob(
      put({{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}, {"x-ms-content-crc64", "PPzLtEWEL4w="}}));
  EXPECT_EQ(request.error().code, ErrorCode::kBothCrc64AndMd5HeaderPresent);
}

TEST(ParsePutBlob, NeedsALength) {
  http::Request request = test::make_request(
      "PUT", "/acct/box/b", {{"x-ms-version", "2021-12-02"}, {"x-ms-blob-type", "BlockBlob"}});
  for (const bool chunked : {false, true}) {
    request.chunked = chunked;
    const auto parsed = parse_put_blob(make_call(request));
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::kMissingContentLengthHeader);
    EXPECT_EQ(field_of(parsed.error(), "HeaderName"), "Content-Length");
  }
}

struct Limit {
  const char* name;
  std::string version;
  std::uint64_t mib;
};

class PutBlobLimit : public testing::TestWithParam<Limit> {};

TEST_P(PutBlobLimit, IsTheVersions) {
  const std::uint64_t most = GetParam().mib << 20;
  const auto with = [](std::uint64_t length) {
    return parse_put_blob(
        make_call("PUT", "/acct/box/b",
                  {{"Content-Length", std::to_string(length)}, {"x-ms-blob-type", "BlockBlob"}},
                  GetParam().version));
  };
  EXPECT_TRUE(with(most));
  ASSERT_FALSE(with(most + 1));
  EXPECT_EQ(with(most + 1).error().code, ErrorCode::kRequestBodyTooLarge);
  EXPECT_EQ(field_of(with(most + 1).error(), "MaxLimit"), std::to_string(most));
}

const Limit kLimits[] = {
    {"V2015", "2015-12-11", 64},
    {"V2016", "2016-05-31", 256},
    {"V201907", "2019-07-07", 256},
    {"V2019", "2019-12-12", 5000},
};
INSTANTIATE_TEST_SUITE_P(Versions, PutBlobLimit, testing::ValuesIn(kLimits),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(RenderPutBlob, CarriesWhatAzureSends) {
  const blob::PutBlobResult result{{0x8D0000000000001}, Timestamp{}, {}, 0x8c2f8445b4cbfc3c};
  const auto response = render_put_blob(put({}), result);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(response.headers.get("Content-MD5"), "AAAAAAAAAAAAAAAAAAAAAA==");
  EXPECT_EQ(response.headers.get("x-ms-content-crc64"), "PPzLtEWEL4w=");
  EXPECT_EQ(response.headers.get("x-ms-request-server-encrypted"), "false");
  const auto old = render_put_blob(put({}, "2015-07-08"), result);
  EXPECT_FALSE(old.headers.find("x-ms-content-crc64"));
  EXPECT_FALSE(old.headers.find("x-ms-request-server-encrypted"));
}

}  // namespace
}  // namespace lapis::azure
