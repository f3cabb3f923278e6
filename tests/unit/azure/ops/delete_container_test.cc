#include "lapis/azure/ops/delete_container.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(ParseDeleteContainer, ReadsDatesAndLease) {
  const auto request =
      parse_delete_container(make_call("DELETE", "/acct/box?restype=container",
                                       {{"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                        {"x-ms-lease-id", "6ba7b8109dad11d180b400c04fd430c8"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.container, "box");
  EXPECT_TRUE(request->conditions.if_unmodified_since);
  EXPECT_EQ(request->lease->to_string(), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
}

TEST(ParseDeleteContainer, DoesNotPassOverATag) {
  EXPECT_EQ(parse_delete_container(
                make_call("DELETE", "/acct/box?restype=container", {{"If-Match", "\"a\""}}))
                .error()
                .code,
            ErrorCode::kConditionHeadersNotSupported);
}

TEST(RenderDeleteContainer, Is202) {
  const auto response =
      render_delete_container(make_call("DELETE", "/acct/box?restype=container"), {});
  EXPECT_EQ(response.status, 202);
  EXPECT_TRUE(response.headers.all().empty());
}

}  // namespace
}  // namespace lapis::azure
