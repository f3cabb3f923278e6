#include "lapis/azure/ops/set_blob_properties.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::Field;
using test::field_of;
using test::make_call;

Result<blob::SetBlobProperties> parse(std::initializer_list<Field> headers) {
  return parse_set_blob_properties(make_call("PUT", "/acct/box/b?comp=properties", headers));
}

TEST(ParseSetBlobProperties, ReadsTheSix) {
  const auto request = parse({{"x-ms-blob-content-type", "text/x"},
                              {"x-ms-blob-content-encoding", "gzip"},
                              {"x-ms-blob-content-language", "de"},
                              {"x-ms-blob-content-disposition", "inline"},
                              {"x-ms-blob-cache-control", "no-cache"},
                              {"x-ms-blob-content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="},
                              {"If-Match", "\"a\""}});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->http.content_type, "text/x");
  EXPECT_EQ(request->http.content_encoding, "gzip");
  EXPECT_EQ(request->http.content_language, "de");
  EXPECT_EQ(request->http.content_disposition, "inline");
  EXPECT_EQ(request->http.cache_control, "no-cache");
  EXPECT_EQ(request->http.content_md5, Md5Digest{});
  EXPECT_EQ(request->conditions.if_match->tags[0], "a");
  EXPECT_FALSE(request->keeps_http || request->length || request->sequence);
}

TEST(ParseSetBlobProperties, TakesNothingFromStandardHeadersAndNoDefault) {
  const auto request = parse({{"Content-Type", "text/x"},
                              {"Cache-Control", "no-cache"},
                              {"x-ms-blob-content-language", ""}});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->http.content_type, "");
  EXPECT_EQ(request->http.cache_control, "");
  EXPECT_EQ(request->http.content_language, "");
}

TEST(ParseSetBlobProperties, KnowsWhatIsForPageBlobsAlone) {
  using enum blob::SequenceAction;
  EXPECT_EQ(parse({{"x-ms-blob-content-length", "1024"}})->length, 1024u);
  EXPECT_EQ(parse({{"x-ms-blob-content-length", "0"}})->length, 0u);
  EXPECT_EQ(parse({{"x-ms-blob-content-length", "8796093022208"}})->length, 8ull << 40);
  const auto next = parse({{"x-ms-sequence-number-action", "increment"}});
  EXPECT_EQ(next->sequence->action, kIncrement);
  EXPECT_TRUE(next->keeps_http);
  const auto most = parse({{"x-ms-sequence-number-action", "MAX"},
                           {"x-ms-blob-sequence-number", "7"},
                           {"x-ms-blob-content-type", "a/b"}});
  EXPECT_EQ(most->sequence->action, kMax);
  EXPECT_EQ(most->sequence->number, 7u);
  EXPECT_FALSE(most->keeps_http);
}

TEST(ParseSetBlobProperties, Refuses) {
  constexpr auto kInvalid = ErrorCode::kInvalidHeaderValue;
  constexpr auto kMissing = ErrorCode::kMissingRequiredHeader;
  const std::string action = "x-ms-sequence-number-action";
  const std::string number = "x-ms-blob-sequence-number";
  const std::string length = "x-ms-blob-content-length";
  struct Case {
    Field first, second;
    ErrorCode error;
    std::string named;
  };
  const Case cases[] = {
      {{"x-ms-blob-content-md5", "AQIDBA=="}, {"x", ""}, ErrorCode::kInvalidMd5, ""},
      {{"x-ms-blob-content-md5", "?"}, {"x", ""}, ErrorCode::kInvalidMd5, ""},
      {{length, "1000"}, {"x", ""}, kInvalid, length},
      {{length, "-512"}, {"x", ""}, kInvalid, length},
      {{length, "8796093022720"}, {"x", ""}, kInvalid, length},
      {{action, "add"}, {number, "1"}, kInvalid, action},
      {{action, "increment"}, {number, "1"}, kInvalid, number},
      {{action, "update"}, {number, "-1"}, kInvalid, number},
      {{action, "update"}, {number, "9223372036854775808"}, kInvalid, number},
      {{action, "max"}, {"x", ""}, kMissing, number},
      {{number, "1"}, {"x", ""}, kMissing, action},
      {{"x-ms-lease-id", "x"}, {"x", ""}, kInvalid, "x-ms-lease-id"},
  };
  for (const Case& c : cases) {
    const auto request = parse({c.first, c.second});
    ASSERT_FALSE(request) << c.first.name << " " << c.first.value;
    EXPECT_EQ(request.error().code, c.error) << c.first.name << " " << c.first.value;
    EXPECT_EQ(field_of(request.error(), "HeaderName"), c.named);
  }
}

TEST(RenderSetBlobProperties, TellsTheNewTag) {
  const auto response =
      render_set_blob_properties(make_call("PUT", "/acct/box/b?comp=properties"), {{1}, {}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_TRUE(response.headers.find("Last-Modified"));
}

}  // namespace
}  // namespace lapis::azure
