#include "lapis/azure/ops/put_block_list.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

constexpr std::string_view kXml = "<BlockList><Latest>QQ==</Latest></BlockList>";
// By Python's hashlib; the CRC by the bitwise definition of CRC-64/NVME.
const std::string kMd5 = "juYlIODc30QDiVC2ELvcfw==";
const std::string kCrc = "5frYRzq0Djo=";

TEST(ParsePutBlockList, ReadsEverything) {
  const auto document =
      parse_put_block_list(make_call("PUT", "/acct/box/b?comp=blocklist",
                                     {{"Content-Type", "application/xml"},
                                      {"Content-Encoding", "identity"},
                                      {"x-ms-blob-content-type", "text/b"},
                                      {"x-ms-blob-content-md5", "AQAAAAAAAAAAAAAAAAAAAA=="},
                                      {"x-ms-blob-cache-control", ""},
                                      {"x-ms-meta-a", "1"},
                                      {"x-ms-access-tier", "Archive"},
                                      {"If-Match", "\"0x1\""},
                                      {"Content-MD5", kMd5}}),
                           kXml);
  ASSERT_TRUE(document) << to_string(document.error());
  const blob::PutBlockList& request = document->request;
  EXPECT_EQ(request.key.name, "b");
  ASSERT_EQ(request.blocks.size(), 1u);
  EXPECT_EQ(request.blocks[0].block.text, "QQ==");
  EXPECT_EQ(request.http.content_type, "text/b");
  EXPECT_EQ(request.http.content_encoding, "");
  EXPECT_EQ((*request.http.content_md5)[0], std::byte{1});
  EXPECT_EQ(request.metadata.size(), 1u);
  EXPECT_EQ(request.tier, blob::AccessTier::kArchive);
  EXPECT_EQ(request.conditions.if_match->tags, std::vector<std::string>{"0x1"});
}

TEST(ParsePutBlockList, ContentTypeDescribesTheXml) {
  const auto document = parse_put_block_list(
      make_call("PUT", "/acct/box/b?comp=blocklist", {{"Content-Type", "application/xml"}}), kXml);
  EXPECT_EQ(document->request.http.content_type, "application/octet-stream");
}

TEST(ParsePutBlockList, HashesAreCheckedBeforeTheXml) {
  const auto md5 = parse_put_block_list(
      make_call("PUT", "/acct/box/b?comp=blocklist", {{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}}),
      "no xml");
  EXPECT_EQ(md5.error().code, ErrorCode::kMd5Mismatch);
  EXPECT_EQ(field_of(md5.error(), "UserSpecifiedMd5"), "AAAAAAAAAAAAAAAAAAAAAA==");
  const auto mismatch = parse_put_block_list(
      make_call("PUT", "/acct/box/b?comp=blocklist", {{"x-ms-content-crc64", "AAAAAAAAAAA="}}),
      kXml);
  EXPECT_EQ(mismatch.error().code, ErrorCode::kCrc64Mismatch);
  EXPECT_EQ(field_of(mismatch.error(), "ServerCalculatedCrc"), kCrc);
  EXPECT_TRUE(parse_put_block_list(
      make_call("PUT", "/acct/box/b?comp=blocklist", {{"x-ms-content-crc64", kCrc}}), kXml));
}

TEST(ParsePutBlockList, BadXmlIsRefused) {
  EXPECT_EQ(
      parse_put_block_list(make_call("PUT", "/acct/box/b?comp=blocklist"), "<a>").error().code,
      ErrorCode::kInvalidXmlDocument);
}

struct Hash {
  const char* name;
  std::string version;
  bool md5_sent;
  bool md5, crc;
};

class PutBlockListHash : public testing::TestWithParam<Hash> {};

TEST_P(PutBlockListHash, IsOfTheXml) {
  http::Request request = test::make_request("PUT", "/acct/box/b?comp=blocklist");
  request.headers.add("x-ms-version", GetParam().version);
  if (GetParam().md5_sent) request.headers.add("Content-MD5", kMd5);
  const auto call = make_call(std::move(request));
  const auto document = parse_put_block_list(call, kXml);
  ASSERT_TRUE(document);
  const auto response = render_put_block_list(call, *document, {{0x8D1}, Timestamp{}});
  EXPECT_EQ(response.status, 201);
  EXPECT_FALSE(response.headers.get("ETag").empty());
  EXPECT_EQ(response.headers.get("Last-Modified"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(response.headers.get("Content-MD5"), GetParam().md5 ? kMd5 : "");
  EXPECT_EQ(response.headers.get("x-ms-content-crc64"), GetParam().crc ? kCrc : "");
}

const Hash kHashes[] = {
    {"Old", "2018-11-09", false, true, false},
    {"Without", "2019-02-02", false, false, true},
    {"With", "2021-12-02", true, true, false},
    {"New", "2026-10-06", false, true, true},
};
INSTANTIATE_TEST_SUITE_P(Versions, PutBlockListHash, testing::ValuesIn(kHashes),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
