#include "lapis/azure/ops/append_block.h"

#include <gtest/gtest.h>

#include "lapis/azure/ops/append_blob_seal.h"
#include "lapis/azure/ops/append_block_from_url.h"
#include "lapis/azure/ops/put_append_blob.h"
#include "lapis/azure/ops/put_page_from_url.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

constexpr const char* kAppend = "/acct/box/b?comp=appendblock";

TEST(ParseAppendBlock, ReadsEverything) {
  const auto request = parse_append_block(make_call("PUT", kAppend,
                                                    {{"Content-Length", "5"},
                                                     {"If-Match", "\"0x8D1\""},
                                                     {"x-ms-blob-condition-appendpos", "7"},
                                                     {"x-ms-blob-condition-maxsize", "12"},
                                                     {"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.name, "b");
  EXPECT_EQ(request->content_length, 5u);
  EXPECT_EQ(request->position, 7u);
  EXPECT_EQ(request->max_size, 12u);
  EXPECT_EQ(request->hashes.md5, Md5Digest{});
  EXPECT_TRUE(request->conditions.if_match);
}

TEST(ParseAppendBlock, RefusesWhatIsNoLength) {
  for (const char* name : {"x-ms-blob-condition-appendpos", "x-ms-blob-condition-maxsize"}) {
    for (const char* value : {"-1", "x", "9223372036854775808"}) {
      const auto request =
          parse_append_block(make_call("PUT", kAppend, {{"Content-Length", "5"}, {name, value}}));
      ASSERT_FALSE(request) << name << value;
      EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue);
      EXPECT_EQ(field_of(request.error(), "HeaderName"), name);
      EXPECT_EQ(field_of(request.error(), "HeaderValue"), value);
    }
  }
}

TEST(ParseAppendBlock, LimitIsTheVersions) {
  const auto with = [](std::uint64_t bytes, const std::string& version) {
    return parse_append_block(
               make_call("PUT", kAppend, {{"Content-Length", std::to_string(bytes)}}, version))
        .has_value();
  };
  constexpr std::uint64_t kMiB = 1 << 20;
  EXPECT_FALSE(with(1, "2014-02-14")) << "there were none";
  EXPECT_TRUE(with(4 * kMiB, "2015-02-21"));
  EXPECT_FALSE(with(4 * kMiB + 1, "2021-12-02"));
  EXPECT_TRUE(with(100 * kMiB, "2022-11-02"));
  EXPECT_FALSE(with(100 * kMiB + 1, "2026-10-06"));
  EXPECT_FALSE(with(0, "2022-11-02"));
}

// Appends and writes of pages tell the same of what they read from a URL.
TEST(RenderFromUrl, TellsTheHashThatTheVersionNames) {
  struct Case {
    const char* version;
    bool crc_given;
    bool md5;
    bool crc;
  };
  for (const Case& c : {
           Case{"2018-11-09", false, true, false},
           Case{"2018-11-09", true, true, false},
           Case{"2019-02-02", false, true, false},
           Case{"2021-12-02", true, false, true},
           Case{"2026-10-06", false, true, true},
           Case{"2026-10-06", true, true, true},
       }) {
    SCOPED_TRACE(std::string(c.version) + (c.crc_given ? " with a CRC" : ""));
    const auto call =
        make_call("PUT", kAppend,
                  {{"x-ms-source-content-crc64", c.crc_given ? "AAAAAAAAAAA=" : ""}}, c.version);
    blob::AppendBlockResult appended;
    appended.md5 = Md5Digest{};
    blob::PutPageResult written;
    written.md5 = Md5Digest{};
    for (const auto& response :
         {render_append_block_from_url(call, appended), render_put_page_from_url(call, written)}) {
      EXPECT_EQ(!response.headers.get("Content-MD5").empty(), c.md5);
      EXPECT_EQ(!response.headers.get("x-ms-content-crc64").empty(), c.crc);
    }
  }
}

TEST(ParseAppendBlobSeal, IsOf20191212) {
  const auto of = [](const std::string& version) {
    return parse_append_blob_seal(make_call("PUT", "/acct/box/b?comp=seal", {}, version));
  };
  EXPECT_TRUE(of("2019-12-12"));
  EXPECT_EQ(of("2019-07-07").error().code, ErrorCode::kInvalidQueryParameterValue);
}

TEST(ParsePutAppendBlob, HasNoBodyAndNoTier) {
  const auto with = [](const char* length, const test::Field& more) {
    return parse_put_append_blob(
        make_call("PUT", "/acct/box/b",
                  {{"x-ms-blob-type", "AppendBlob"}, {"Content-Length", length}, more}));
  };
  const test::Field nothing{"x-ms-date", "d"};
  EXPECT_TRUE(with("0", nothing));
  EXPECT_EQ(with("1", nothing).error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(with("0", {"x-ms-access-tier", "Hot"}).error().code, ErrorCode::kUnsupportedHeader);
  const auto stored = with("0", {"x-ms-blob-content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="});
  EXPECT_EQ(stored->http.content_md5, Md5Digest{}) << "as it is given, of nothing";
}

// A message around nothing has bytes, which nobody would look at.
TEST(ParsePutAppendBlob, TakesNoStructuredBody) {
  const auto request =
      parse_put_append_blob(make_call("PUT", "/acct/box/b",
                                      {{"x-ms-blob-type", "AppendBlob"},
                                       {"x-ms-structured-body", "XSM/1.0; properties=crc64"},
                                       {"x-ms-structured-content-length", "0"},
                                       {"Content-Length", "21"}}));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(request.error(), "HeaderName"), "Content-Length");
}

}  // namespace
}  // namespace lapis::azure
