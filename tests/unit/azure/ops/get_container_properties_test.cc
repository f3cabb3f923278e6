#include "lapis/azure/ops/get_container_properties.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(ParseGetContainerProperties, ReadsTheLease) {
  const auto request = parse_get_container_properties(
      make_call("GET", "/acct/box?restype=container",
                {{"x-ms-lease-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.container, "box");
  EXPECT_TRUE(request->lease);
  EXPECT_FALSE(
      parse_get_container_properties(make_call("GET", "/acct/box?restype=container"))->lease);
}

TEST(RenderGetContainerProperties, TellsWhatTheVersionKnows) {
  blob::GetContainerPropertiesResult properties{{{0x8D0000000000001}, Timestamp{}, {{"Key", "v"}}},
                                                {}};
  const auto at = [&](const std::string& version) {
    return render_get_container_properties(
        make_call("GET", "/acct/box?restype=container", {}, version), properties);
  };
  const auto response = at("2021-12-02");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(response.headers.get("x-ms-meta-Key"), "v");
  EXPECT_EQ(response.headers.get("x-ms-lease-status"), "unlocked");
  EXPECT_EQ(response.headers.get("x-ms-lease-state"), "available");
  EXPECT_EQ(response.headers.get("x-ms-has-immutability-policy"), "false");
  EXPECT_EQ(response.headers.get("x-ms-has-legal-hold"), "false");
  EXPECT_EQ(response.headers.get("x-ms-immutable-storage-with-versioning-enabled"), "false");
  EXPECT_EQ(response.headers.get("x-ms-default-encryption-scope"), "$account-encryption-key");
  EXPECT_EQ(response.headers.get("x-ms-deny-encryption-scope-override"), "false");
  EXPECT_FALSE(response.headers.find("x-ms-blob-public-access"));
  properties.immutable_storage = true;
  EXPECT_EQ(at("2020-06-12").headers.get("x-ms-immutable-storage-with-versioning-enabled"), "true");
  EXPECT_FALSE(at("2020-04-08").headers.find("x-ms-immutable-storage-with-versioning-enabled"));
  const auto old = at("2009-09-19");
  for (const char* name :
       {"x-ms-lease-state", "x-ms-has-legal-hold", "x-ms-default-encryption-scope"}) {
    EXPECT_FALSE(old.headers.find(name)) << name;
  }
}

TEST(RenderGetContainerProperties, TellsWhoMayReadSince20160531) {
  blob::GetContainerPropertiesResult properties{{{1}, Timestamp{}, {}}, {}};
  properties.properties.access.level = blob::PublicAccess::kBlob;
  const auto at = [&](const std::string& version) {
    const auto call = make_call("GET", "/acct/box?restype=container", {}, version);
    return render_get_container_properties(call, properties).headers;
  };
  EXPECT_EQ(at("2016-05-31").get("x-ms-blob-public-access"), "blob");
  EXPECT_FALSE(at("2015-12-11").find("x-ms-blob-public-access"));
}

}  // namespace
}  // namespace lapis::azure
