#include "lapis/azure/ops/get_container_metadata.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(GetContainerMetadata, ReadsTheLease) {
  const auto call = make_call("GET", "/acct/box?restype=container&comp=metadata",
                              {{"x-ms-lease-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}});
  const auto request = parse_get_container_metadata(call);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.account, "acct");
  EXPECT_EQ(request->key.container, "box");
  EXPECT_TRUE(request->lease);
}

TEST(GetContainerMetadata, ShowsThatAndWhatChangesWithIt) {
  const blob::ContainerProperties properties{{0x8D0000000000001}, Timestamp{}, {{"Key", "v"}}};
  const auto response = render_get_container_metadata(
      make_call("GET", "/acct/box?restype=container&comp=metadata"), properties);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(response.headers.get("x-ms-meta-Key"), "v");
  EXPECT_FALSE(response.headers.find("x-ms-lease-status"));
}

}  // namespace
}  // namespace lapis::azure
