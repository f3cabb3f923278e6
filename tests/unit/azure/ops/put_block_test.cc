#include "lapis/azure/ops/put_block.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

constexpr std::string_view kMd5 = "AAAAAAAAAAAAAAAAAAAAAA==";

TEST(ParsePutBlock, ReadsEverything) {
  const auto request =
      parse_put_block(make_call("PUT", "/acct/box/b?comp=block&blockid=QUI%3D",
                                {{"Content-Length", "5"}, {"Content-MD5", std::string(kMd5)}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.name, "b");
  EXPECT_EQ(request->block.text, "QUI=");
  EXPECT_EQ(request->content_length, 5u);
  EXPECT_EQ(request->hashes.md5, Md5Digest{});
  EXPECT_FALSE(request->want_md5);
}

TEST(ParsePutBlock, PassesOverWhatPutBlobVerifies) {
  EXPECT_TRUE(parse_put_block(make_call(
      "PUT", "/acct/box/b?comp=block&blockid=QUI%3D",
      {{"Content-Length", "5"}, {"x-ms-blob-content-md5", "nonsense"}, {"If-None-Match", "*"}})));
}

TEST(ParsePutBlock, ZeroLengthIsRefused) {
  const auto request = parse_put_block(
      make_call("PUT", "/acct/box/b?comp=block&blockid=QUI%3D", {{"Content-Length", "0"}}));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(request.error(), "HeaderName"), "Content-Length");
  EXPECT_EQ(field_of(request.error(), "HeaderValue"), "0");
}

TEST(ParsePutBlock, NeedsALengthAndAnId) {
  EXPECT_EQ(parse_put_block(make_call("PUT", "/acct/box/b?comp=block&blockid=QUI%3D")).error().code,
            ErrorCode::kMissingContentLengthHeader);
  EXPECT_EQ(parse_put_block(make_call("PUT", "/acct/box/b?comp=block", {{"Content-Length", "5"}}))
                .error()
                .code,
            ErrorCode::kMissingRequiredQueryParameter);
}

TEST(ParsePutBlock, LimitIsTheVersions) {
  const auto with = [](std::uint64_t mib, const std::string& version) {
    return parse_put_block(make_call("PUT", "/acct/box/b?comp=block&blockid=QUI%3D",
                                     {{"Content-Length", std::to_string(mib << 20)}}, version));
  };
  EXPECT_TRUE(with(4, "2015-12-11"));
  EXPECT_FALSE(with(5, "2015-12-11"));
  EXPECT_TRUE(with(100, "2019-07-07"));
  EXPECT_FALSE(with(101, "2019-07-07"));
  EXPECT_TRUE(with(4000, "2019-12-12"));
  EXPECT_EQ(with(4001, "2019-12-12").error().code, ErrorCode::kRequestBodyTooLarge);
}

struct Hash {
  const char* name;
  std::string version;
  bool md5_sent;
  bool md5, crc;
};

class PutBlockHash : public testing::TestWithParam<Hash> {};

TEST_P(PutBlockHash, IsTheVersions) {
  http::Request request =
      test::make_request("PUT", "/acct/box/b?comp=block&blockid=QUI%3D", {{"Content-Length", "5"}});
  request.headers.add("x-ms-version", GetParam().version);
  if (GetParam().md5_sent) request.headers.add("Content-MD5", std::string(kMd5));
  const auto call = make_call(std::move(request));
  const auto parsed = parse_put_block(call);
  ASSERT_TRUE(parsed);
  // The operation computes the MD5 where it was sent or is wanted.
  EXPECT_EQ(parsed->want_md5 || parsed->hashes.md5, GetParam().md5);
  const auto response = render_put_block(call, {Md5Digest{}, 0x8c2f8445b4cbfc3c});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.get("Content-MD5"), GetParam().md5 ? kMd5 : "");
  EXPECT_EQ(response.headers.get("x-ms-content-crc64"), GetParam().crc ? "PPzLtEWEL4w=" : "");
  EXPECT_FALSE(response.headers.find("ETag"));
  EXPECT_FALSE(response.headers.find("Last-Modified"));
}

const Hash kHashes[] = {
    {"OldWithout", "2018-11-09", false, true, false},
    {"OldWith", "2018-11-09", true, true, false},
    {"Without", "2019-02-02", false, false, true},
    {"With", "2019-02-02", true, true, false},
    {"LastWithOne", "2026-06-06", false, false, true},
    {"NewWithout", "2026-10-06", false, true, true},
    {"NewWith", "2026-10-06", true, true, true},
};
INSTANTIATE_TEST_SUITE_P(Versions, PutBlockHash, testing::ValuesIn(kHashes),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
