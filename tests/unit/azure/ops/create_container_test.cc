#include "lapis/azure/ops/create_container.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(ParseCreateContainer, ReadsMetadata) {
  const auto request = parse_create_container(
      make_call("PUT", "/acct/box?restype=container", {{"x-ms-meta-a", "1"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.account, "acct");
  EXPECT_EQ(request->key.container, "box");
  EXPECT_EQ(request->metadata, (blob::Metadata{{"a", "1"}}));
}

TEST(ParseCreateContainer, LeavesTheServicesOwnToIt) {
  EXPECT_EQ(parse_create_container(make_call("PUT", "/acct/$logs?restype=container")).error().code,
            ErrorCode::kInvalidResourceName);
  EXPECT_TRUE(parse_create_container(make_call("PUT", "/acct/$web?restype=container")));
}

TEST(ParseCreateContainer, RefusesBadMetadata) {
  EXPECT_EQ(parse_create_container(
                make_call("PUT", "/acct/box?restype=container", {{"x-ms-meta-a-b", "1"}}))
                .error()
                .code,
            ErrorCode::kInvalidMetadata);
}

TEST(RenderCreateContainer, Is201WithTagAndDate) {
  const auto response = render_create_container(make_call("PUT", "/acct/box?restype=container"),
                                                {{0x8D0000000000001}, Timestamp{}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000001\"");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace lapis::azure
