#include "lapis/azure/ops/list_containers.h"

#include <gtest/gtest.h>

#include "azure/request/markers.h"
#include "lapis/base/url.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

using test::field_of;

test::OwnedCall list(const std::string& query, const std::string& version = "2021-12-02") {
  return make_call("GET", "/acct?comp=list" + query, {}, version);
}

TEST(ParseListContainers, ReadsEverything) {
  const auto request =
      parse_list_containers(list("&prefix=b&maxresults=2&include=metadata&marker=" +
                                 percent_encode(encode_container_marker({"box"}))));
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->account, "acct");
  EXPECT_EQ(request->prefix, "b");
  EXPECT_EQ(request->start.name, "box");
  EXPECT_FALSE(request->include_deleted);
  EXPECT_TRUE(parse_list_containers(list("&include=deleted,metadata"))->include_deleted);
  EXPECT_EQ(request->max_results, 2u);
}

struct Bad {
  const char* name;
  std::string query, version;
  ErrorCode code;
};

class RefuseListContainers : public testing::TestWithParam<Bad> {};

TEST_P(RefuseListContainers, Fails) {
  const auto request = parse_list_containers(list(GetParam().query, GetParam().version));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, GetParam().code);
}

const Bad kBad[] = {
    {"UnknownInclude", "&include=tags", "2021-12-02", ErrorCode::kInvalidQueryParameterValue},
    {"SystemTooEarly", "&include=system", "2020-12-06", ErrorCode::kInvalidQueryParameterValue},
    {"DeletedTooEarly", "&include=deleted", "2019-07-07", ErrorCode::kInvalidQueryParameterValue},
    {"NoResults", "&maxresults=0", "2021-12-02", ErrorCode::kOutOfRangeQueryParameterValue},
    {"MarkerIsAName", "&marker=box", "2021-12-02", ErrorCode::kOutOfRangeInput},
};
INSTANTIATE_TEST_SUITE_P(Queries, RefuseListContainers, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

std::string page(const Call& call, const blob::ListContainersResult& result) {
  const auto request = parse_list_containers(call);
  EXPECT_TRUE(request);
  const auto response = render_list_containers(call, *request, result);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  return std::get<std::string>(response.body);
}

const std::string kRoot =
    "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    "<EnumerationResults ServiceEndpoint=\"http://127.0.0.1:10000/acct/\">";

TEST(RenderListContainers, WritesAnEmptyPage) {
  EXPECT_EQ(page(list("&prefix=x&maxresults=9999"), {}),
            kRoot +
                "<Prefix>x</Prefix><MaxResults>5000</MaxResults><Containers /><NextMarker />"
                "</EnumerationResults>");
}

TEST(RenderListContainers, WritesAContainerInAzuresOrder) {
  blob::ListContainersResult result;
  result.items.push_back({"box", {{0x8D0000000000001}, Timestamp{}, {{"Key", "v"}}}});
  const std::string properties =
      "<Containers><Container><Name>box</Name><Properties>"
      "<Last-Modified>Thu, 01 Jan 1970 00:00:00 GMT</Last-Modified>"
      "<Etag>\"0x8D0000000000001\"</Etag><LeaseStatus>unlocked</LeaseStatus>"
      "<LeaseState>available</LeaseState>"
      "<DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope>"
      "<DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride>"
      "<HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold>"
      "<ImmutableStorageWithVersioningEnabled>false</ImmutableStorageWithVersioningEnabled>"
      "</Properties>";
  const std::string end = "</Container></Containers><NextMarker /></EnumerationResults>";
  EXPECT_EQ(page(list(""), result), kRoot + properties + end);
  EXPECT_EQ(page(list("&include=metadata"), result),
            kRoot + properties + "<Metadata><Key>v</Key></Metadata>" + end);
}

TEST(RenderListContainers, ElementsByVersion) {
  blob::ListContainersResult result;
  result.items.push_back({"box", {{1}, Timestamp{}, {}}, {}});
  result.items[0].properties.access.level = blob::PublicAccess::kContainer;
  const auto has = [&](const std::string& version, const std::string& text) {
    return page(list("", version), result).find(text) != std::string::npos;
  };
  const std::string access = "<PublicAccess>container</PublicAccess>";
  EXPECT_TRUE(has("2016-05-31", access));
  EXPECT_FALSE(has("2015-12-11", access));
  const std::string url = "<Name>box</Name><Url>http://127.0.0.1:10000/acct/box</Url>";
  EXPECT_TRUE(has("2012-02-12", url));
  EXPECT_FALSE(has("2013-08-15", "<Url>"));
}

TEST(RenderListContainers, TellsOfVersionLevelImmutability) {
  blob::ListContainersResult result;
  result.items.push_back({"box", {}});
  result.immutable_storage = true;
  EXPECT_NE(
      page(list(""), result)
          .find("<HasLegalHold>false</HasLegalHold><ImmutableStorageWithVersioningEnabled>true"
                "</ImmutableStorageWithVersioningEnabled></Properties>"),
      std::string::npos);
}

TEST(RenderListContainers, WritesADeletedContainerInAzuresOrder) {
  const blob::ServiceTime now(std::chrono::hours(24 * 100));
  blob::ListContainersResult result;
  result.now = now;
  result.items.push_back(
      {"box", {{0x8D0000000000001}, Timestamp{}, {}}, {blob::LeaseState::kLeased}});
  auto& deletion = result.items[0].properties.deletion;
  deletion = blob::Deletion{Timestamp(std::chrono::seconds(1)), now + std::chrono::hours(25)};
  const std::string text = page(list("&include=deleted,metadata", "2019-12-12"), result);
  const std::string container =
      "<Container><Name>box</Name><Deleted>true</Deleted><Version>019DB1DED5D71680</Version>"
      "<Properties><Last-Modified>Thu, 01 Jan 1970 00:00:00 GMT</Last-Modified>"
      "<Etag>\"0x8D0000000000001\"</Etag><LeaseStatus>locked</LeaseStatus>"
      "<LeaseState>leased</LeaseState><LeaseDuration>fixed</LeaseDuration>"
      "<DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope>"
      "<DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride>"
      "<HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold>"
      "<DeletedTime>Thu, 01 Jan 1970 00:00:01 GMT</DeletedTime>"
      "<RemainingRetentionDays>2</RemainingRetentionDays></Properties><Metadata /></Container>";
  EXPECT_NE(text.find(container), text.npos) << text;
}

TEST(RenderListContainers, NextMarkerLeadsOn) {
  for (const Timestamp deleted :
       {Timestamp{}, Timestamp(Ticks(7)), blob::ContainerPosition::kLive}) {
    blob::ListContainersResult result;
    result.next = {"next-box", deleted};
    const std::string text = page(list(""), result);
    const auto start = text.find("<NextMarker>") + 12;
    const std::string marker = text.substr(start, text.find("</NextMarker>") - start);
    const auto request = parse_list_containers(list("&marker=" + percent_encode(marker)));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->start.name, "next-box");
    EXPECT_EQ(request->start.deleted, deleted);
  }
}

}  // namespace
}  // namespace lapis::azure
