#include "lapis/azure/ops/delete_blob.h"

#include <gtest/gtest.h>

#include "lapis/base/date.h"
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

TEST(ParseDeleteBlob, ReadsConditionsOnTheTier) {
  const auto with = [](const std::string& name, const std::string& value) {
    return parse_delete_blob(make_call("DELETE", "/acct/box/b", {{name, value}}, "2026-04-06"));
  };
  const std::string modified = "x-ms-access-tier-if-modified-since";
  const std::string date = "Fri, 25 Dec 2015 12:34:56 GMT";
  const auto time = parse_http_date(date);
  EXPECT_EQ(with(modified, date)->tier.if_modified_since, time);
  EXPECT_EQ(with("x-ms-access-tier-if-unmodified-since", date)->tier.if_unmodified_since, time);
  EXPECT_FALSE(with(modified, "")->tier.if_modified_since);
  EXPECT_EQ(with(modified, "yesterday").error().code, ErrorCode::kInvalidHeaderValue);
}

TEST(ParseDeleteBlob, NeverDeletesABlobThatShouldStay) {
  const auto with = [](const std::string& value, const std::string& query = "") {
    return parse_delete_blob(
        make_call("DELETE", "/acct/box/b" + query, {{"x-ms-delete-snapshots", value}}));
  };
  EXPECT_EQ(with("")->snapshots, blob::SnapshotDeletion::kNone);
  EXPECT_EQ(with("Include")->snapshots, blob::SnapshotDeletion::kInclude);
  EXPECT_EQ(with("only")->snapshots, blob::SnapshotDeletion::kOnly);
  EXPECT_EQ(with("some").error().code, ErrorCode::kInvalidHeaderValue);
  const std::string one = "?snapshot=2021-06-28T05:51:11.5743121Z";
  EXPECT_TRUE(with("", one)->key.snapshot);
  EXPECT_EQ(with("include", one).error().code, ErrorCode::kInvalidHeaderValue);
}

TEST(ParseDeleteBlob, ReadsTheTimeOfASnapshot) {
  const auto at = [](const std::string& time) {
    return parse_delete_blob(make_call("DELETE", "/acct/box/b?snapshot=" + time));
  };
  EXPECT_EQ(format_iso8601(*at("2021-06-28T05:51:11.5743121Z")->key.snapshot),
            "2021-06-28T05:51:11.5743121Z");
  for (const char* wrong : {"x", "2021-06-28T05:51:11.57431215Z", "1969-12-31T23:59:59Z"}) {
    EXPECT_EQ(at(wrong).error().code, ErrorCode::kInvalidQueryParameterValue) << wrong;
  }
}

TEST(ParseDeleteBlob, NeverTakesAVersionForTheBlob) {
  const auto at = [](const std::string& query, const std::string& version = "2021-12-02") {
    return parse_delete_blob(make_call("DELETE", "/acct/box/b?" + query, {}, version));
  };
  const std::string version = "versionid=2021-06-28T05:51:11.5743121Z";
  const std::string snapshot = "snapshot=2021-06-28T05:51:11.5743121Z";
  EXPECT_EQ(format_iso8601(*at(version)->key.version), "2021-06-28T05:51:11.5743121Z");
  EXPECT_EQ(at("versionid=x").error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(at(version + "&" + snapshot).error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(at(version, "2019-07-07").error().code, ErrorCode::kUnsupportedQueryParameter);
  EXPECT_FALSE(at(version)->permanently);
  EXPECT_TRUE(at(version + "&deletetype=permanent")->permanently);
  EXPECT_TRUE(at(snapshot + "&deletetype=Permanent")->permanently);
  EXPECT_EQ(at(version + "&deletetype=soft").error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(at("deletetype=permanent").error().code, ErrorCode::kBlobOperationNotSupported);
  EXPECT_EQ(at(snapshot + "&deletetype=permanent", "2019-12-12").error().code,
            ErrorCode::kUnsupportedQueryParameter);
}

TEST(RenderDeleteBlob, TellsThatItIsPermanentSince20170729) {
  const auto at = [](const std::string& version) {
    return render_delete_blob(make_call("DELETE", "/acct/box/b", {}, version), {});
  };
  EXPECT_EQ(render_delete_blob(make_call("DELETE", "/acct/box/b"), {false})
                .headers.get("x-ms-delete-type-permanent"),
            "false");
  EXPECT_EQ(at("2017-07-29").status, 202);
  EXPECT_EQ(at("2017-07-29").headers.get("x-ms-delete-type-permanent"), "true");
  EXPECT_FALSE(at("2017-04-17").headers.find("x-ms-delete-type-permanent"));
}

}  // namespace
}  // namespace lapis::azure
