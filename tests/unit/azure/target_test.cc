#include "lapis/azure/target.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_request;

struct Good {
  const char* name;
  std::string host;
  std::string target;
  Resource resource;
  std::string account, container, blob;
};

class ParseTarget : public testing::TestWithParam<Good> {};

TEST_P(ParseTarget, Locates) {
  const http::Request request = make_request("GET", GetParam().target, {}, GetParam().host);
  const auto target = parse_target(request);
  ASSERT_TRUE(target) << to_string(target.error());
  EXPECT_EQ(target->resource, GetParam().resource);
  EXPECT_EQ(target->account, GetParam().account);
  EXPECT_EQ(target->container, GetParam().container);
  EXPECT_EQ(target->blob, GetParam().blob);
}

const std::string kIp = "127.0.0.1:10000";
const Good kGood[] = {
    {"PathService", kIp, "/acct", Resource::kService, "acct", "", ""},
    {"PathServiceSlash", kIp, "/acct/", Resource::kService, "acct", "", ""},
    {"PathServiceQuery", kIp, "/acct?comp=list", Resource::kService, "acct", "", ""},
    {"PathContainer", kIp, "/acct/box?restype=container", Resource::kContainer, "acct", "box", ""},
    {"PathContainerSlash", kIp, "/acct/box/", Resource::kContainer, "acct", "box", ""},
    {"PathBlob", kIp, "/acct/box/a/b.txt", Resource::kBlob, "acct", "box", "a/b.txt"},
    {"EncodedSlashIsSlash", kIp, "/acct/box/a%2Fb.txt", Resource::kBlob, "acct", "box", "a/b.txt"},
    {"DotSegmentsStay", kIp, "/acct/box/../x/./y", Resource::kBlob, "acct", "box", "../x/./y"},
    {"DoubleSlashStays", kIp, "/acct/box//x//", Resource::kBlob, "acct", "box", "/x//"},
    {"Utf8", kIp, "/acct/box/%C3%BC", Resource::kBlob, "acct", "box", "\xC3\xBC"},
    {"PlusStays", kIp, "/acct/box/a+b", Resource::kBlob, "acct", "box", "a+b"},
    {"EncodedQuestionMark", kIp, "/acct/box/a%3Fb?x=1", Resource::kBlob, "acct", "box", "a?b"},
    {"SpecialRoot", kIp, "/acct/$root/x", Resource::kBlob, "acct", "$root", "x"},
    {"SpecialWebEncoded", kIp, "/acct/%24web/a/x", Resource::kBlob, "acct", "$web", "a/x"},
    {"PathSecondary", kIp, "/acct-secondary/box/", Resource::kContainer, "acct", "box", ""},
    {"IPv6Host", "[::1]:10000", "/acct/box/", Resource::kContainer, "acct", "box", ""},
    {"NamedHostIsPathStyle", "lapis.example:80", "/acct/box/b", Resource::kBlob, "acct", "box",
     "b"},
    {"NoHost", "", "/acct/box/b", Resource::kBlob, "acct", "box", "b"},
    {"HostService", "acct.blob.example.com", "/", Resource::kService, "acct", "", ""},
    {"HostContainer", "acct.blob.example.com:10000", "/box?RESTYPE=container", Resource::kContainer,
     "acct", "box", ""},
    {"HostBlob", "ACCT.Blob.localhost", "/box/a/b", Resource::kBlob, "acct", "box", "a/b"},
    {"HostShort", "acct.blob", "/box/b", Resource::kBlob, "acct", "box", "b"},
    {"PathRootBlob", kIp, "/acct/Page%20One.html?comp=metadata", Resource::kBlob, "acct", "$root",
     "Page One.html"},
    {"HostRootBlob", "acct.blob.x", "/box", Resource::kBlob, "acct", "$root", "box"},
    {"FilesystemProbe", kIp, "/acct/box?action=getAccessControl", Resource::kContainer, "acct",
     "box", ""},
    {"Special", kIp, "/acct/$root", Resource::kContainer, "acct", "$root", ""},
    {"SpecialEncoded", kIp, "/acct/%24logs", Resource::kContainer, "acct", "$logs", ""},
    {"WebRoot", "acct.z1.web.example.com", "/", Resource::kBlob, "acct", "$web", ""},
    {"WebPage", "acct.z13.web.x:80", "/a%20b/c", Resource::kBlob, "acct", "$web", "a b/c"},
    {"WebDirectory", "ACCT-secondary.Z6.Web", "/a/", Resource::kBlob, "acct", "$web", "a/"},
    {"WebAsks", "acct.z1.web.x", "/a?restype=container", Resource::kBlob, "acct", "$web", "a"},
    {"NoZone", "acct.web.example", "/acct/box/b", Resource::kBlob, "acct", "box", "b"},
    {"ZoneOfNothing", "acct.z1.example", "/acct/box/b", Resource::kBlob, "acct", "box", "b"},
    {"HostSecondary", "acct-secondary.blob.x", "/box/b", Resource::kBlob, "acct", "box", "b"},
};
INSTANTIATE_TEST_SUITE_P(Forms, ParseTarget, testing::ValuesIn(kGood),
                         [](const auto& tested) { return std::string(tested.param.name); });

struct Bad {
  const char* name;
  std::string target;
  ErrorCode code;
};

class RefuseTarget : public testing::TestWithParam<Bad> {};

TEST_P(RefuseTarget, Fails) {
  const http::Request request = make_request("GET", GetParam().target);
  const auto target = parse_target(request);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, GetParam().code);
}

std::string slashes(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "a/";
  return text + "a";
}

const Bad kBad[] = {
    {"NoAccount", "/", ErrorCode::kInvalidUri},
    {"NotOriginForm", "http://h/acct/box", ErrorCode::kInvalidUri},
    {"Empty", "", ErrorCode::kInvalidUri},
    {"AccountUpperCase", "/Acct/box", ErrorCode::kInvalidUri},
    {"AccountShort", "/ab/box", ErrorCode::kInvalidUri},
    {"AccountLong", "/" + std::string(25, 'a'), ErrorCode::kInvalidUri},
    {"EmptyContainer", "/acct//b", ErrorCode::kInvalidUri},
    {"ContainerShort", "/acct/ab/", ErrorCode::kOutOfRangeInput},
    {"ContainerLong", "/acct/" + std::string(64, 'a') + "/", ErrorCode::kOutOfRangeInput},
    {"ContainerUpperCase", "/acct/Box/", ErrorCode::kInvalidResourceName},
    {"ContainerBlank", "/acct/foo%20bar/", ErrorCode::kInvalidResourceName},
    {"ContainerUnderscore", "/acct/foo_bar/", ErrorCode::kInvalidResourceName},
    {"ContainerTwoHyphens", "/acct/foo--bar/", ErrorCode::kInvalidResourceName},
    {"ContainerHyphenFirst", "/acct/-foo/", ErrorCode::kInvalidResourceName},
    {"ContainerHyphenLast", "/acct/foo-/", ErrorCode::kInvalidResourceName},
    {"ContainerUnknownSpecial", "/acct/$other", ErrorCode::kInvalidResourceName},
    {"ContainerWithSlashInside", "/acct/box%2Fblob", ErrorCode::kInvalidResourceName},
    {"RootBlobWithSlash", "/acct/$root/a/b", ErrorCode::kInvalidResourceName},
    {"RootBlobTooLong", "/acct/" + std::string(1025, 'a'), ErrorCode::kOutOfRangeInput},
    {"BadEscape", "/acct/box/%zz", ErrorCode::kInvalidUri},
    {"CutEscape", "/acct/box/%4", ErrorCode::kInvalidUri},
    {"Nul", "/acct/box/a%00b", ErrorCode::kInvalidUri},
    {"NotUtf8", "/acct/box/%FF", ErrorCode::kInvalidUri},
    {"Surrogate", "/acct/box/%ED%A0%80", ErrorCode::kInvalidUri},
    {"BlobTooLong", "/acct/box/" + std::string(1025, 'a'), ErrorCode::kOutOfRangeInput},
    {"TooManySegments", "/acct/box/" + slashes(254), ErrorCode::kInvalidUri},
    {"QueryEscape", "/acct/box?x=%g0", ErrorCode::kInvalidUri},
    {"QueryTwice", "/acct/box?x=1&X=2", ErrorCode::kInvalidQueryParameterValue},
};
INSTANTIATE_TEST_SUITE_P(Forms, RefuseTarget, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseTargetLimits, LongestNamesPass) {
  EXPECT_TRUE(parse_target(make_request("GET", "/acct/box/" + std::string(1024, 'a'))));
  EXPECT_TRUE(parse_target(make_request("GET", "/acct/box/" + slashes(253))));
  std::string umlauts;
  for (int i = 0; i < 1024; ++i) umlauts += "%C3%BC";
  EXPECT_TRUE(parse_target(make_request("GET", "/acct/box/" + umlauts)));
  EXPECT_FALSE(parse_target(make_request("GET", "/acct/box/x" + umlauts)));
}

TEST(ParseTargetHost, LabelThatIsNoAccountIsRefused) {
  const http::Request request = make_request("GET", "/box", {}, "my-host.blob.example");
  const auto target = parse_target(request);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, ErrorCode::kInvalidUri);
}

TEST(ParseTargetHost, DataLakeEndpointIsMarked) {
  const http::Request request = make_request("HEAD", "/box/", {}, "acct.dfs.example:10000");
  const auto target = parse_target(request);
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->data_lake);
  EXPECT_FALSE(target->path_style);
  EXPECT_EQ(target->account, "acct");
  EXPECT_EQ(target->container, "box");
  EXPECT_TRUE(parse_target(make_request("GET", "/", {}, "acct.DFS"))->data_lake);
  EXPECT_FALSE(parse_target(make_request("GET", "/", {}, "acct.blob.dfs.example"))->data_lake);
  EXPECT_TRUE(parse_target(make_request("GET", "/acct", {}, "acct.dfsx.example"))->path_style);
}

TEST(ParseTargetRaw, PathIsKeptAsSent) {
  const http::Request request = make_request("GET", "/acct/box/a%2fb%20c?x=%20");
  const auto target = parse_target(request);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->raw_path, "/acct/box/a%2fb%20c");
  EXPECT_TRUE(target->path_style);
  EXPECT_EQ(target->query.get("x"), " ");
}

TEST(ParseTargetEndpoint, NamesSchemeHostAndAccount) {
  http::Request request = make_request("GET", "/acct-secondary/box");
  EXPECT_EQ(service_endpoint(request, *parse_target(request)),
            "http://127.0.0.1:10000/acct-secondary/");
  EXPECT_TRUE(parse_target(request)->secondary);
  request = make_request("GET", "/box", {}, "acct.blob.example.com");
  request.secure = true;
  EXPECT_EQ(service_endpoint(request, *parse_target(request)), "https://acct.blob.example.com/");
}

}  // namespace
}  // namespace lapis::azure
