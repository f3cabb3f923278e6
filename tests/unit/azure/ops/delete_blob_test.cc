#include "lapis/azure/ops/delete_blob.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(ParseDeleteBlob, ReadsConditions) {
  const auto request = parse_delete_blob(make_call(
      "DELETE", "/acct/box/b", {{"If-Match", "\"a\""}, {"x-ms-delete-snapshots", "include"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.name, "b");
  EXPECT_EQ(request->conditions.if_match->tags[0], "a");
}

TEST(ParseDeleteBlob, NeverDeletesABlobThatShouldStay) {
  const auto with = [](const std::string& value) {
    return parse_delete_blob(
        make_call("DELETE", "/acct/box/b", {{"x-ms-delete-snapshots", value}}));
  };
  EXPECT_EQ(with("only").error().code, ErrorCode::kUnsupportedHeader);
  EXPECT_EQ(with("some").error().code, ErrorCode::kInvalidHeaderValue);
}

TEST(RenderDeleteBlob, TellsThatItIsPermanentSince20170729) {
  const auto at = [](const std::string& version) {
    return render_delete_blob(make_call("DELETE", "/acct/box/b", {}, version), {});
  };
  EXPECT_EQ(at("2017-07-29").status, 202);
  EXPECT_EQ(at("2017-07-29").headers.get("x-ms-delete-type-permanent"), "true");
  EXPECT_FALSE(at("2017-04-17").headers.find("x-ms-delete-type-permanent"));
}

}  // namespace
}  // namespace lapis::azure
