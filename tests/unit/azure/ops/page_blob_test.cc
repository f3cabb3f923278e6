// The operations on page blobs: what their requests say, and what their answers look like.
#include <gtest/gtest.h>

#include "azure/request/markers.h"
#include "lapis/azure/ops/get_page_ranges.h"
#include "lapis/azure/ops/put_page.h"
#include "lapis/azure/ops/put_page_blob.h"
#include "lapis/azure/ops/put_page_from_url.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::Field;
using test::field_of;
using test::make_call;

constexpr const char* kPage = "/acct/box/b?comp=page";
constexpr const char* kList = "/acct/box/b?comp=pagelist";

TEST(ParsePutPage, UpdatesAndClears) {
  const auto update = parse_put_page(make_call("PUT", kPage,
                                               {{"x-ms-page-write", "Update"},
                                                {"Range", "bytes=0-511"},
                                                {"x-ms-range", "bytes=512-1535"},
                                                {"x-ms-if-sequence-number-le", "1"},
                                                {"x-ms-if-sequence-number-lt", "2"},
                                                {"x-ms-if-sequence-number-eq", "3"},
                                                {"Content-Length", "1024"}}));
  ASSERT_TRUE(update);
  EXPECT_FALSE(update->clears);
  EXPECT_EQ(update->pages.range.first, 512u);
  EXPECT_EQ(update->pages.range.length, 1024u);
  EXPECT_EQ(update->pages.sequence.at_most, 1u);
  EXPECT_EQ(update->pages.sequence.less_than, 2u);
  EXPECT_EQ(update->pages.sequence.equal, 3u);
  const auto clear = parse_put_page(make_call(
      "PUT", kPage,
      {{"x-ms-page-write", "clear"}, {"Range", "bytes=0-8796093022207"}, {"Content-Length", "0"}}));
  ASSERT_TRUE(clear);
  EXPECT_TRUE(clear->clears);
  EXPECT_EQ(clear->pages.range.length, 8ull << 40);
}

TEST(ParsePutPage, Refuses) {
  struct Case {
    Field field;
    ErrorCode code;
    std::string named;
  };
  for (const Case& c : {
           Case{{"x-ms-page-write", ""}, ErrorCode::kMissingRequiredHeader, "x-ms-page-write"},
           Case{{"x-ms-page-write", "x"}, ErrorCode::kInvalidHeaderValue, "x-ms-page-write"},
           Case{{"Range", ""}, ErrorCode::kMissingRequiredHeader, "Range"},
           Case{{"Range", "bytes=-512"}, ErrorCode::kInvalidHeaderValue, "Range"},
           Case{{"Range", "bytes=0-512"}, ErrorCode::kInvalidHeaderValue, "Range"},
           Case{{"Range", "bytes=0-18446744073709551615"}, ErrorCode::kInvalidHeaderValue, "Range"},
           Case{{"Range", "pages=0-511"}, ErrorCode::kInvalidHeaderValue, "Range"},
           Case{{"x-ms-if-sequence-number-eq", "-1"}, ErrorCode::kInvalidInput, ""},
           Case{{"x-ms-if-sequence-number-eq", "-2"},
                ErrorCode::kInvalidHeaderValue,
                "x-ms-if-sequence-number-eq"},
           Case{{"x-ms-if-sequence-number-le", "-1"},
                ErrorCode::kInvalidHeaderValue,
                "x-ms-if-sequence-number-le"},
           Case{{"Content-Length", "0"}, ErrorCode::kInvalidHeaderValue, "Content-Length"},
           Case{{"Content-Length", "1024"}, ErrorCode::kInvalidHeaderValue, "Content-Length"},
           Case{{"Content-Length", "4194305"}, ErrorCode::kRequestBodyTooLarge, ""},
       }) {
    const auto given = [&](const std::string& name, const std::string& usual) {
      return Field{name, http::iequals(name, c.field.name) ? c.field.value : usual};
    };
    const auto request = parse_put_page(
        make_call("PUT", kPage,
                  {given("x-ms-page-write", "update"), given("Range", "bytes=0-511"),
                   given("x-ms-if-sequence-number-eq", ""), given("x-ms-if-sequence-number-le", ""),
                   given("Content-Length", "512")}));
    ASSERT_FALSE(request) << c.field.name << " " << c.field.value;
    EXPECT_EQ(request.error().code, c.code) << c.field.value;
    EXPECT_EQ(field_of(request.error(), "HeaderName"), c.named) << c.field.value;
  }
}

TEST(ParsePutPage, HoldsHashesAgainstTheNothingThatClears) {
  const auto clear = [](const Field& hash) {
    return parse_put_page(make_call(
        "PUT", kPage,
        {{"x-ms-page-write", "clear"}, {"Range", "bytes=0-511"}, {"Content-Length", "0"}, hash}));
  };
  EXPECT_TRUE(clear({"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}));
  EXPECT_TRUE(clear({"x-ms-content-crc64", "AAAAAAAAAAA="}));
  const auto md5 = clear({"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="});
  ASSERT_FALSE(md5);
  EXPECT_EQ(md5.error().code, ErrorCode::kMd5Mismatch);
  const auto crc = clear({"x-ms-content-crc64", "AQAAAAAAAAA="});
  ASSERT_FALSE(crc);
  EXPECT_EQ(crc.error().code, ErrorCode::kCrc64Mismatch);
}

// A message around nothing has bytes, which nobody would look at.
TEST(ParsePutPageBlob, TakesNoStructuredBody) {
  const auto request =
      parse_put_page_blob(make_call("PUT", "/acct/box/b",
                                    {{"x-ms-blob-type", "PageBlob"},
                                     {"x-ms-blob-content-length", "1024"},
                                     {"x-ms-structured-body", "XSM/1.0; properties=crc64"},
                                     {"x-ms-structured-content-length", "0"},
                                     {"Content-Length", "21"}}));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(request.error(), "HeaderName"), "Content-Length");
}

TEST(ParsePutPageBlob, TakesALengthAndANumber) {
  const auto request = parse_put_page_blob(make_call("PUT", "/acct/box/b",
                                                     {{"x-ms-blob-type", "PageBlob"},
                                                      {"x-ms-blob-content-length", "1024"},
                                                      {"x-ms-blob-sequence-number", "7"},
                                                      {"Content-Length", "0"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->length, 1024u);
  EXPECT_EQ(request->sequence_number, 7u);
  EXPECT_EQ(request->blob.http.content_type, "application/octet-stream");
}

TEST(ParsePutPageFromUrl, HasRangesOfOneLength) {
  const auto parse = [](const std::string& range) {
    return parse_put_page_from_url(make_call("PUT", kPage,
                                             {{"x-ms-page-write", "update"},
                                              {"x-ms-copy-source", "http://x/y"},
                                              {"x-ms-range", "bytes=0-511"},
                                              {"x-ms-source-range", range},
                                              {"Content-Length", "0"}}));
  };
  const auto request = parse("bytes=7-518");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->source.range->first, 7u);
  EXPECT_EQ(request->source.range->last, 518u);
  EXPECT_EQ(parse("").error().code, ErrorCode::kMissingRequiredHeader);
  EXPECT_EQ(parse("bytes=0-").error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(parse("bytes=0-510").error().code, ErrorCode::kInvalidHeaderValue);
}

TEST(ParseGetPageRanges, KnowsItsParametersByVersion) {
  const std::string target = std::string(kList) +
                             "&maxresults=7&marker=" + encode_page_marker(512) +
                             "&prevsnapshot=2021-06-28T05:51:11.5743121Z";
  const auto now = parse_get_page_ranges(make_call("GET", target, {}, "2021-12-02"));
  ASSERT_TRUE(now);
  EXPECT_EQ(now->max_results, 7u);
  EXPECT_EQ(now->start, 512u);
  EXPECT_TRUE(now->in_pages && now->previous);
  const auto old = parse_get_page_ranges(make_call("GET", target, {}, "2015-04-05"));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->max_results, blob::kMostPageRanges);
  EXPECT_EQ(old->start, 0u);
  EXPECT_FALSE(old->in_pages || old->previous);
  const std::string many = std::string(kList) + "&maxresults=20000";
  EXPECT_EQ(parse_get_page_ranges(make_call("GET", many))->max_results, 10'000u);
}

TEST(ParseGetPageRanges, TakesTheUrlOfASnapshotOfTheSameBlob) {
  const auto parse = [](const std::string& url) {
    return parse_get_page_ranges(
        make_call("GET", kList, {{"x-ms-previous-snapshot-url", url}}, "2021-12-02"));
  };
  const std::string snapshot = "?snapshot=2021-06-28T05:51:11.5743121Z";
  const auto request = parse("http://127.0.0.1:10000/acct/box/b" + snapshot);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->previous);
  const auto old = parse_get_page_ranges(
      make_call("GET", kList,
                {{"x-ms-previous-snapshot-url", "http://127.0.0.1:10000/acct/box/b" + snapshot}},
                "2019-02-02"));
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->previous) << "it was not known";
  const std::string urls[] = {
      "http://127.0.0.1:10000/acct/box/b",
      "http://127.0.0.1:10000/acct/box/c" + snapshot,
      "http://127.0.0.1:10000/other/box/b" + snapshot,
      "http://10.0.0.1/acct/box/b" + snapshot,
      "b",
  };
  for (const std::string& url : urls) {
    EXPECT_EQ(parse(url).error().code, ErrorCode::kInvalidHeaderValue) << url;
  }
}

TEST(RenderGetPageRanges, ListsBothKinds) {
  blob::GetPageRangesResult result;
  result.content_length = 4096;
  result.ranges = {{0, 512, false}, {512, 1024, true}};
  const auto text = [&](const std::string& version) {
    auto response = render_get_page_ranges(make_call("GET", kList, {}, version), result);
    EXPECT_EQ(response.headers.get("x-ms-blob-content-length"), "4096");
    return std::get<std::string>(response.body);
  };
  const std::string ranges =
      "<PageRange><Start>0</Start><End>511</End></PageRange>"
      "<ClearRange><Start>512</Start><End>1535</End></ClearRange>";
  EXPECT_NE(text("2020-08-04").find(ranges + "</PageList>"), std::string::npos);
  EXPECT_NE(text("2020-10-02").find(ranges + "<NextMarker />"), std::string::npos);
  result.next = 1536;
  const std::string marker = "<NextMarker>" + encode_page_marker(1536) + "</NextMarker>";
  EXPECT_NE(text("2020-10-02").find(ranges + marker), std::string::npos);
}

}  // namespace
}  // namespace lapis::azure
