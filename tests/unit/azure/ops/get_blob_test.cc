#include "lapis/azure/ops/get_blob.h"

#include <gtest/gtest.h>

#include "lapis/azure/ops/get_blob_properties.h"
#include "lapis/base/crc64.h"
#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

blob::BlobProperties sample() {
  blob::BlobProperties properties;
  properties.etag = {0x8D0000000000001};
  properties.created = *parse_iso8601("2020-01-02T03:04:05Z");
  properties.last_modified = *parse_iso8601("2021-01-02T03:04:05.9Z");
  properties.content_length = 100;
  properties.http.content_type = "text/plain";
  properties.http.content_language = "de";
  properties.http.content_md5 = Md5Digest{};
  properties.metadata = {{"Key", "value"}};
  return properties;
}

http::Response get(const Call& call, std::optional<blob::ByteRange> range = {},
                   const blob::BlobProperties& properties = sample()) {
  blob::GetBlobResult result;
  result.properties = std::make_shared<const blob::BlobProperties>(properties);
  result.range = range;
  return render_get_blob(call, std::move(result));
}

http::Response head(const Call& call, const blob::BlobProperties& properties = sample()) {
  return render_get_blob_properties(
      call, {std::make_shared<const blob::BlobProperties>(properties), {}, {}});
}

TEST(ParseGetBlob, ReadsEverything) {
  const auto request =
      parse_get_blob(make_call("GET", "/acct/box/a%2Fb",
                               {{"Range", "bytes=1-2"},
                                {"If-Match", "\"a\""},
                                {"x-ms-lease-id", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.name, "a/b");
  EXPECT_EQ(request->range->first, 1u);
  EXPECT_EQ(request->conditions.if_match->tags[0], "a");
  EXPECT_EQ(request->lease->to_string(), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
}

TEST(RenderGetBlob, WholeBlob) {
  const auto response = get(make_call("GET", "/acct/box/b"));
  EXPECT_EQ(response.status, 200);
  const std::pair<const char*, const char*> expected[] = {
      {"ETag", "\"0x8D0000000000001\""},  {"Last-Modified", "Sat, 02 Jan 2021 03:04:05 GMT"},
      {"Accept-Ranges", "bytes"},         {"Content-Type", "text/plain"},
      {"Content-Language", "de"},         {"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="},
      {"x-ms-blob-type", "BlockBlob"},    {"x-ms-creation-time", "Thu, 02 Jan 2020 03:04:05 GMT"},
      {"x-ms-lease-status", "unlocked"},  {"x-ms-lease-state", "available"},
      {"x-ms-server-encrypted", "false"}, {"x-ms-meta-Key", "value"},
  };
  for (const auto& [name, value] : expected) EXPECT_EQ(response.headers.get(name), value) << name;
  EXPECT_EQ(response.headers.all().size(), std::size(expected));
}

TEST(RenderGetBlob, PartOfABlob) {
  const auto response = get(make_call("GET", "/acct/box/b"), blob::ByteRange{10, 20});
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.headers.get("Content-Range"), "bytes 10-29/100");
  EXPECT_EQ(response.headers.get("x-ms-blob-content-md5"), "AAAAAAAAAAAAAAAAAAAAAA==");
  EXPECT_FALSE(response.headers.find("Content-MD5"));
}

TEST(RenderGetBlob, TellsTheHashOfARangeBesideTheStoredOne) {
  blob::GetBlobResult result;
  result.properties = std::make_shared<const blob::BlobProperties>(sample());
  result.range = blob::ByteRange{1, 2};
  result.range_crc64 = crc64(as_bytes(std::string_view("hello")));
  const auto with_crc = render_get_blob(make_call("GET", "/acct/box/b"), std::move(result));
  EXPECT_EQ(with_crc.headers.get("x-ms-content-crc64"), "V0JSBnCFdzM=");
  EXPECT_FALSE(with_crc.headers.find("Content-MD5"));
  EXPECT_EQ(with_crc.headers.get("x-ms-blob-content-md5"), "AAAAAAAAAAAAAAAAAAAAAA==");
  result = {};
  result.properties = std::make_shared<const blob::BlobProperties>(sample());
  result.range = blob::ByteRange{1, 2};
  result.range_md5 = md5(as_bytes(std::string_view("hello")));
  const auto with_md5 = render_get_blob(make_call("GET", "/acct/box/b"), std::move(result));
  EXPECT_EQ(with_md5.headers.get("Content-MD5"), "XUFAKrxLKna5cZ2REBfFkg==");
  EXPECT_FALSE(with_md5.headers.find("x-ms-content-crc64"));
}

TEST(RenderGetBlob, OldVersionsHaveLess) {
  const auto response =
      get(make_call("GET", "/acct/box/b", {}, "2009-09-19"), blob::ByteRange{0, 1});
  for (const char* name : {"x-ms-creation-time", "x-ms-lease-state", "x-ms-server-encrypted",
                           "x-ms-blob-content-md5", "Content-MD5"}) {
    EXPECT_FALSE(response.headers.find(name)) << name;
  }
}

TEST(RenderGetBlob, TierIsTold20261006) {
  EXPECT_FALSE(
      get(make_call("GET", "/acct/box/b", {}, "2026-06-06")).headers.find("x-ms-access-tier"));
  EXPECT_EQ(get(make_call("GET", "/acct/box/b", {}, "2026-10-06")).headers.get("x-ms-access-tier"),
            "Hot");
}

TEST(RenderGetBlob, TimeOfLastAccessIsToldSince20200210) {
  const char* const name = "x-ms-last-access-time";
  const Timestamp time = *parse_iso8601("2022-01-02T03:04:05.6Z");
  for (const bool is_kept : {false, true}) {
    for (const auto& [version, knows] : {std::pair{"2019-12-12", false}, {"2020-02-10", true}}) {
      const auto call = make_call("GET", "/acct/box/b", {}, version);
      const auto properties = std::make_shared<const blob::BlobProperties>(sample());
      blob::GetBlobResult result;
      result.properties = properties;
      if (is_kept) result.last_access = time;
      const auto read = render_get_blob(call, std::move(result));
      const auto shown = render_get_blob_properties(
          call, {properties, {}, is_kept ? std::optional(time) : std::nullopt});
      for (const http::Response* response : {&read, &shown}) {
        EXPECT_EQ(response->headers.find(name) != nullptr, is_kept && knows) << version;
        if (is_kept && knows) {
          EXPECT_EQ(response->headers.get(name), "Sun, 02 Jan 2022 03:04:05 GMT");
        }
      }
    }
  }
}

TEST(RenderGetBlobProperties, TellsLengthAndTier) {
  const auto response = head(make_call("HEAD", "/acct/box/b", {{"Range", "bytes=0-1"}}));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.announced_length, 100u);
  EXPECT_EQ(response.headers.get("x-ms-access-tier"), "Hot");
  EXPECT_EQ(response.headers.get("x-ms-access-tier-inferred"), "true");
  EXPECT_EQ(response.headers.get("Content-MD5"), "AAAAAAAAAAAAAAAAAAAAAA==");
  EXPECT_FALSE(response.headers.find("Content-Range"));
}

TEST(RenderGetBlobProperties, ExplicitTierHasItsTime) {
  blob::BlobProperties properties = sample();
  properties.tier = blob::AccessTier::kCold;
  properties.tier_inferred = false;
  properties.tier_changed = *parse_iso8601("2022-01-02T03:04:05Z");
  const auto response = head(make_call("HEAD", "/acct/box/b"), properties);
  EXPECT_EQ(response.headers.get("x-ms-access-tier"), "Cold");
  EXPECT_FALSE(response.headers.find("x-ms-access-tier-inferred"));
  EXPECT_EQ(response.headers.get("x-ms-access-tier-change-time"), "Sun, 02 Jan 2022 03:04:05 GMT");
}

TEST(RenderGetBlob, UnsetPropertiesAreLeftOut) {
  blob::BlobProperties properties = sample();
  properties.http = {};
  const auto response = get(make_call("GET", "/acct/box/b"), {}, properties);
  for (const char* name : {"Content-Type", "Content-Encoding", "Content-Language", "Content-MD5",
                           "Cache-Control", "Content-Disposition"}) {
    EXPECT_FALSE(response.headers.find(name)) << name;
  }
}

const std::string kOverrides = "&rsct=text%2Fhtml&rscd=attachment&rscc=no-store&rsce=br&rscl=en";

TEST(ResponseOverrides, OfAServiceSasReplaceWhatIsStored) {
  const auto call =
      make_call("GET", "/acct/box/b?sv=2021-12-02&sr=b&sp=r&se=2030-01-01&sig=x" + kOverrides);
  for (const auto& response : {get(call), head(call)}) {
    EXPECT_EQ(response.headers.get("Content-Type"), "text/html");
    EXPECT_EQ(response.headers.get("Content-Disposition"), "attachment");
    EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.get("Content-Encoding"), "br");
    EXPECT_EQ(response.headers.get("Content-Language"), "en");
    EXPECT_EQ(response.headers.count("Content-Type"), 1u);
  }
}

class UnsignedOverrides : public testing::TestWithParam<std::string> {};

TEST_P(UnsignedOverrides, AreNotFollowed) {
  const auto call = make_call("GET", "/acct/box/b?" + GetParam() + kOverrides);
  EXPECT_EQ(get(call).headers.get("Content-Type"), "text/plain");
  EXPECT_FALSE(get(call).headers.find("Content-Disposition"));
}
INSTANTIATE_TEST_SUITE_P(Queries, UnsignedOverrides,
                         testing::Values("x=1", "sv=2021-12-02&ss=b&srt=o&sp=r&se=2030-01-01&sig=x",
                                         "sv=2021-12-02&ss=b&srt=o&sr=b&sp=r&se=2030-01-01&sig=x",
                                         "sv=2012-02-12&sr=b&sp=r&se=2030-01-01&sig=x"));

TEST(ResponseOverrides, AreNotFollowedBesideAuthorization) {
  const auto call =
      make_call("GET", "/acct/box/b?sv=2021-12-02&sr=b&sp=r&se=2030-01-01&sig=x" + kOverrides,
                {{"Authorization", "SharedKey a:b"}});
  EXPECT_EQ(get(call).headers.get("Content-Type"), "text/plain");
}

}  // namespace
}  // namespace lapis::azure
