#include "lapis/azure/ops/set_container_metadata.h"

#include <gtest/gtest.h>

#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

const std::string kTarget = "/acct/box?restype=container&comp=metadata";

TEST(ParseSetContainerMetadata, ReadsMetadataConditionAndLease) {
  const auto call = make_call("PUT", kTarget,
                              {{"x-ms-meta-One", "1"},
                               {"x-ms-meta-two", ""},
                               {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"},
                               {"x-ms-lease-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}});
  const auto request = parse_set_container_metadata(call);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.container, "box");
  EXPECT_EQ(request->metadata, (blob::Metadata{{"One", "1"}, {"two", ""}}));
  EXPECT_EQ(request->conditions.if_modified_since, parse_iso8601("1994-11-06T08:49:37Z"));
  EXPECT_TRUE(request->lease);
}

TEST(ParseSetContainerMetadata, PassesOverOtherConditions) {
  const auto request = parse_set_container_metadata(
      make_call("PUT", kTarget,
                {{"If-Match", "\"a\""},
                 {"If-None-Match", "*"},
                 {"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->conditions.empty());
}

TEST(ParseSetContainerMetadata, RefusesWhatCannotBeMetadata) {
  const std::pair<std::string, ErrorCode> cases[] = {
      {"x-ms-meta-1a", ErrorCode::kInvalidMetadata},
      {"x-ms-meta-", ErrorCode::kEmptyMetadataKey},
      {"If-Modified-Since", ErrorCode::kInvalidHeaderValue},
      {"x-ms-lease-id", ErrorCode::kInvalidHeaderValue},
  };
  for (const auto& [header, code] : cases) {
    const auto request = parse_set_container_metadata(make_call("PUT", kTarget, {{header, "x"}}));
    ASSERT_FALSE(request) << header;
    EXPECT_EQ(request.error().code, code) << header;
  }
}

TEST(RenderSetContainerMetadata, TellsTheNewEtag) {
  const auto response = render_set_container_metadata(make_call("PUT", kTarget),
                                                      {blob::Etag{0x8D0000000000002}, Timestamp{}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"0x8D0000000000002\"");
  EXPECT_TRUE(response.headers.find("Last-Modified"));
}

}  // namespace
}  // namespace lapis::azure
