#include "lapis/gateway/gateway.h"

#include "blob/keys.h"
#include "gateway/route.h"
#include "lapis/gateway/request_metrics.h"
#include "unit/gateway/pipeline_fixture.h"

namespace lapis::gateway {
namespace {

const std::vector<test::Field> kBlockBlob = {{"x-ms-blob-type", "BlockBlob"}};

TEST_F(Pipeline, WritesReadsListsAndDeletes) {
  EXPECT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  EXPECT_EQ(call("PUT", "/team/box/b", "hello", kBlockBlob).status, 201);
  EXPECT_EQ(call("GET", "/team/box/b").body, "hello");
  EXPECT_NE(call("GET", "/team/box?restype=container&comp=list").body.find("<Name>b</Name>"),
            std::string::npos);
  EXPECT_EQ(call("DELETE", "/team/box/b").status, 202);
  EXPECT_EQ(call("GET", "/team/box/b").code(), "BlobNotFound");
}

TEST_F(Pipeline, CommitsBlocks) {
  ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  ASSERT_EQ(call("PUT", "/team/box/b?comp=block&blockid=QUE%3D", std::string(9000, 'a')).status,
            201);
  ASSERT_EQ(call("PUT", "/team/box/b?comp=block&blockid=QkI%3D", "tail").status, 201);
  const std::string list =
      "<BlockList><Latest>QkI=</Latest><Uncommitted>QUE=</Uncommitted></BlockList>";
  ASSERT_EQ(call("PUT", "/team/box/b?comp=blocklist", list).status, 201);
  EXPECT_EQ(call("GET", "/team/box/b").body, "tail" + std::string(9000, 'a'));
}

TEST_F(Pipeline, EveryAnswerCarriesARequestId) {
  EXPECT_EQ(call("GET", "/team/box/b").headers.get("x-ms-request-id").size(), 36u);
  EXPECT_EQ(call("GET", "/team/box/b", {}, {}, "sig=x").headers.get("x-ms-request-id").size(), 36u);
}

TEST_F(Pipeline, VersionIsShownOnlyOnceAuthorised) {
  const std::vector<test::Field> version = {{"x-ms-version", "2021-12-02"}};
  EXPECT_EQ(call("GET", "/team/box/b", {}, version).headers.get("x-ms-version"), "2021-12-02");
  EXPECT_EQ(call("GET", "/team/box/b", {}, version, "none").headers.find("x-ms-version"), nullptr);
}

TEST_F(Pipeline, NewerVersionIsServedAndEchoed) {
  const std::vector<test::Field> version = {{"x-ms-version", "2031-01-01"}};
  const Answer answer = call("GET", "/team?comp=list", {}, version);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("x-ms-version"), "2031-01-01");
  EXPECT_EQ(shared_.newest_version_logged.load(), 20310101u);
}

TEST_F(Pipeline, ClientRequestIdIsEchoedWhereItIsPrintable) {
  const auto echoed = [&](std::string id) {
    const std::vector<test::Field> header = {{"x-ms-client-request-id", id}};
    return std::string(
        call("GET", "/team/box/b", {}, header).headers.get("x-ms-client-request-id"));
  };
  EXPECT_EQ(echoed("abc-1"), "abc-1");
  EXPECT_EQ(echoed(std::string(1025, 'x')), "");
  EXPECT_EQ(echoed("a\tb"), "");
}

// I9: what is not authorised has no effect and reads nothing of the body.
TEST_F(Pipeline, RefusedRequestLeavesTheBodyUnread) {
  ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  const Answer answer = call("PUT", "/team/box/b", "hello", kBlockBlob, sas("r"));
  EXPECT_EQ(answer.code(), "AuthorizationPermissionMismatch");
  EXPECT_EQ(answer.unread, 5u);
  EXPECT_EQ(call("GET", "/team/box/b").code(), "BlobNotFound");
}

TEST_F(Pipeline, CreateOnlyCredentialDoesNotOverwrite) {
  ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  EXPECT_EQ(call("PUT", "/team/box/b", "one", kBlockBlob, sas("c")).status, 201);
  EXPECT_EQ(call("PUT", "/team/box/b", "two", kBlockBlob, sas("c")).code(),
            "UnauthorizedBlobOverwrite");
  EXPECT_EQ(call("GET", "/team/box/b").body, "one");
}

TEST_F(Pipeline, WhatIsNotBuiltSaysSoByName) {
  for (const Route& route : routes()) {
    if (route.handler != nullptr || route.method != http::Method::kPut) continue;
    std::string target = "/team";
    if (route.resource != azure::Resource::kService) target += "/box";
    if (route.resource == azure::Resource::kBlob) target += "/b";
    target += "?x=";
    if (!route.restype.empty()) target += "&restype=" + std::string(route.restype);
    if (!route.comp.empty()) target += "&comp=" + std::string(route.comp);
    std::vector<test::Field> headers;
    for (const RequiredHeader& required : route.headers) {
      if (required.name.empty()) continue;
      headers.push_back({std::string(required.name),
                         required.value.empty() ? "BlockBlob" : std::string(required.value)});
    }
    const Answer answer = call("PUT", target, {}, headers, sas("rwdlacuptfiyx"));
    EXPECT_EQ(answer.status, 501) << route.name << " " << answer.code();
    EXPECT_NE(answer.body.find(">" + std::string(route.name) + "<"), std::string::npos)
        << route.name << ": " << answer.body;
  }
}

TEST_F(Pipeline, NotBuiltIsToldOnlyToWhomMayAsk) {
  EXPECT_EQ(call("PUT", "/team/box/b?comp=incrementalcopy", {}, {}, "").status, 404);
  EXPECT_EQ(call("PUT", "/team/box/b?comp=incrementalcopy", {}, {}, sas("r")).code(),
            "AuthorizationPermissionMismatch");
}

// Whatever stands there, at both endpoints, and with any credential that is valid.
TEST_F(Pipeline, AccountSaysThatItIsFlat) {
  for (const std::string method : {"HEAD", "GET"}) {
    for (const std::string target : {"/team/", "/team/box", "/team/box/", "/team/box/dir/b"}) {
      for (const std::string query : {"?action=getAccessControl", "?ACTION=getaccesscontrol&upn=1",
                                      "?upn=false&action=getAccessControl&timeout=90"}) {
        const Answer answer = call(method, target + query, {}, {}, sas("l"));
        EXPECT_EQ(answer.status, 400) << method << target << query;
        EXPECT_EQ(answer.code(), "HierarchicalNamespaceNotEnabled") << method << target << query;
      }
    }
  }
  EXPECT_EQ(call("HEAD", "/team/box?action=getAccessControl", {}, {}, "sig=x").status, 403);
}

TEST_F(Pipeline, DataLakeEndpointServesTheProbeOnly) {
  const std::vector<test::Field> dfs = {{"Host", "team.dfs.example"}};
  EXPECT_EQ(call("HEAD", "/box/?action=getAccessControl", {}, dfs).code(),
            "HierarchicalNamespaceNotEnabled");
  EXPECT_EQ(call("PUT", "/box?restype=container", {}, dfs).code(), "NotImplemented");
  EXPECT_EQ(call("GET", "/box/b", {}, dfs).code(), "NotImplemented");
  EXPECT_EQ(call("PUT", "/team/box/dir?resource=directory").status, 501);
  EXPECT_EQ(call("DELETE", "/team/box/dir?recursive=true").status, 501);
  EXPECT_EQ(call("GET", "/team/box?restype=container").code(), "ContainerNotFound");
}

TEST_F(Pipeline, DefaultVersionIsForRequestsThatNameNone) {
  const auto anonymous = [this](std::vector<test::Field> headers) {
    return call("DELETE", "/team/box/b", {}, std::move(headers), "").code();
  };
  EXPECT_EQ(anonymous({}), "ResourceNotFound");
  const std::string xml =
      "<StorageServiceProperties><DefaultServiceVersion>2021-12-02</DefaultServiceVersion>"
      "</StorageServiceProperties>";
  ASSERT_EQ(call("PUT", "/team?restype=service&comp=properties", xml).status, 202);
  EXPECT_EQ(anonymous({}), "NoAuthenticationInformation");
  EXPECT_EQ(anonymous({{"x-ms-version", "2015-04-05"}}), "ResourceNotFound");
  EXPECT_EQ(call("GET", "/nobody/box/b", {}, {}, "").code(), "ResourceNotFound");
}

// Of what each request has to know of its account nothing is read twice, named version or none.
TEST_F(Pipeline, ServicePropertiesAreReadOnce) {
  const auto reads_of = [this](std::vector<test::Field> headers) {
    const std::uint64_t before = watched_.counts.reads;
    EXPECT_EQ(
        call("GET", "/team?restype=account&comp=properties", {}, std::move(headers), "").code(),
        "ResourceNotFound");
    return watched_.counts.reads - before;
  };
  EXPECT_EQ(reads_of({}), 1u);
  EXPECT_EQ(reads_of({}), 0u);
  EXPECT_EQ(reads_of({{"x-ms-version", "2015-04-05"}}), 0u);
  const std::string xml =
      "<StorageServiceProperties><DefaultServiceVersion>2015-04-05"
      "</DefaultServiceVersion></StorageServiceProperties>";
  ASSERT_EQ(call("PUT", "/team?restype=service&comp=properties", xml).status, 202);
  (void)reads_of({});
  EXPECT_EQ(reads_of({}), 0u);
}

// An answer stands without its CORS headers; why they are not there is found by its id.
TEST_F(Pipeline, UnreadableServicePropertiesAreLoggedWithTheRequest) {
  const auto damage = [](storage::MetaView& view) -> Result<void> {
    view.put(blob::service_properties_key("team"), "damaged");
    return {};
  };
  ASSERT_TRUE(executor_.run_task(meta_.transact({}, damage)));
  testing::internal::CaptureStderr();
  const Answer answer = call("PUT", "/team/box?restype=container");
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_EQ(answer.status, 201);
  const auto id = answer.headers.get("x-ms-request-id");
  EXPECT_NE(logged.find("request_id=" + std::string(id)), std::string::npos) << logged;
}

TEST_F(Pipeline, NotesWhatTheRequestWas) {
  ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  ASSERT_TRUE(trace_.route);
  EXPECT_EQ(routes()[*trace_.route].name, "CreateContainer");
  EXPECT_EQ(trace_.credential, static_cast<int>(Authentication::kSas) + 1);
  EXPECT_EQ(trace_.error, std::nullopt);
  EXPECT_GT(trace_.attributed, 0u);
  EXPECT_EQ(call("GET", "/team/box/none").status, 404);
  EXPECT_EQ(routes()[*trace_.route].name, "GetBlob");
  EXPECT_EQ(trace_.error, ErrorCode::kBlobNotFound);
  EXPECT_EQ(call("GET", "/team/box/b", {}, {}, "sv=2021-12-02&sig=x").status, 403);
  EXPECT_EQ(routes()[*trace_.route].name, "GetBlob");
  EXPECT_EQ(trace_.credential, 0);
  EXPECT_EQ(call("GET", "/team/box/b?comp=nonsense").status, 400);
  EXPECT_EQ(trace_.route, std::nullopt);
}

TEST_F(Pipeline, HeadErrorsHaveNoBody) {
  ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
  const Answer answer = call("HEAD", "/team/box/none");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "BlobNotFound");
  EXPECT_EQ(answer.body, "");
}

TEST_F(Pipeline, RejectedHeadIsAnsweredAsXml) {
  const http::Response response = gateway_.reject(Error{ErrorCode::kRequestHeadTooLarge});
  EXPECT_EQ(response.status, 431);
  EXPECT_NE(std::get<std::string>(response.body).find("<Code>RequestHeaderFieldsTooLarge</Code>"),
            std::string::npos);
}

}  // namespace
}  // namespace lapis::gateway
