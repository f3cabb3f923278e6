#include "lapis/azure/ops/get_block_list.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

struct Type {
  const char* name;
  std::string query;
  bool committed, uncommitted;
};

class BlockListType : public testing::TestWithParam<Type> {};

TEST_P(BlockListType, Selects) {
  const auto request =
      parse_get_block_list(make_call("GET", "/acct/box/b?comp=blocklist" + GetParam().query));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->committed, GetParam().committed);
  EXPECT_EQ(request->uncommitted, GetParam().uncommitted);
}

const Type kTypes[] = {
    {"Default", "", true, false},
    {"Empty", "&blocklisttype=", true, false},
    {"Committed", "&blocklisttype=committed", true, false},
    {"Uncommitted", "&blocklisttype=uncommitted", false, true},
    {"All", "&blocklisttype=All", true, true},
};
INSTANTIATE_TEST_SUITE_P(Types, BlockListType, testing::ValuesIn(kTypes),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseGetBlockList, UnknownTypeIsNamed) {
  const auto request =
      parse_get_block_list(make_call("GET", "/acct/box/b?comp=blocklist&blocklisttype=some"));
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(test::field_of(request.error(), "QueryParameterName"), "blocklisttype");
}

blob::GetBlockListResult sample() {
  blob::GetBlockListResult result;
  result.blob = {{0x8D1}, Timestamp{}, 12};
  result.committed = {{{"QQ=="}, 5}, {{"Qg=="}, 7}};
  result.uncommitted = {{{"Qw=="}, 4'194'304'000}};
  return result;
}

std::string xml(const std::string& type, const blob::GetBlockListResult& result) {
  const auto response = render_get_block_list(
      make_call("GET", "/acct/box/b?comp=blocklist&blocklisttype=" + type), result);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  return std::get<std::string>(response.body);
}

const std::string kHead = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";

TEST(RenderGetBlockList, WritesTheListsAskedFor) {
  const std::string committed =
      "<CommittedBlocks><Block><Name>QQ==</Name><Size>5</Size></Block><Block><Name>Qg==</Name>"
      "<Size>7</Size></Block></CommittedBlocks>";
  const std::string uncommitted =
      "<UncommittedBlocks><Block><Name>Qw==</Name><Size>4194304000</Size></Block>"
      "</UncommittedBlocks>";
  EXPECT_EQ(xml("all", sample()), kHead + committed + uncommitted + "</BlockList>");
  EXPECT_EQ(xml("committed", sample()), kHead + committed + "</BlockList>");
  EXPECT_EQ(xml("uncommitted", sample()), kHead + uncommitted + "</BlockList>");
}

TEST(RenderGetBlockList, EmptyListsAreEmptyElements) {
  EXPECT_EQ(xml("all", {}), kHead + "<CommittedBlocks /><UncommittedBlocks /></BlockList>");
}

TEST(RenderGetBlockList, TellsOfTheCommittedBlobOnly) {
  const auto call = make_call("GET", "/acct/box/b?comp=blocklist");
  const auto response = render_get_block_list(call, sample());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("x-ms-blob-content-length"), "12");
  EXPECT_FALSE(response.headers.get("ETag").empty());
  const auto uncommitted = render_get_block_list(call, {});
  EXPECT_FALSE(uncommitted.headers.find("ETag"));
  EXPECT_FALSE(uncommitted.headers.find("Last-Modified"));
  EXPECT_FALSE(uncommitted.headers.find("x-ms-blob-content-length"));
}

}  // namespace
}  // namespace lapis::azure
