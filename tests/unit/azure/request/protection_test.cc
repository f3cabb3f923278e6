#include "azure/request/protection.h"

#include <gtest/gtest.h>

#include "lapis/azure/ops/get_blob_properties.h"
#include "lapis/azure/ops/put_block_list.h"
#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

const std::string kDate = "Mon, 01 Jan 2998 00:00:00 GMT";

http::Headers headers_of(const std::string& until, const std::string& mode,
                         const std::string& hold = "") {
  http::Headers headers;
  headers.add("x-ms-immutability-policy-until-date", until);
  headers.add("X-Ms-Immutability-Policy-Mode", mode);
  headers.add("x-ms-legal-hold", hold);
  return headers;
}

TEST(ParseProtection, ReadsAPolicy) {
  struct Case {
    std::string mode;
    bool locked;
  };
  for (const Case& c : {Case{"", false}, {"Unlocked", false}, {"Locked", true}, {"locked", true}}) {
    const auto policy = parse_immutability(headers_of(kDate, c.mode));
    ASSERT_TRUE(policy && *policy) << c.mode;
    EXPECT_EQ((*policy)->until, *parse_iso8601("2998-01-01T00:00:00Z"));
    EXPECT_EQ((*policy)->locked, c.locked) << c.mode;
  }
  EXPECT_EQ(parse_immutability(headers_of("", "")).value(), std::nullopt);
  EXPECT_EQ(parse_immutability({}).value(), std::nullopt);
}

TEST(ParseProtection, NamesWhatIsWrong) {
  struct Case {
    http::Headers headers;
    ErrorCode code;
    std::string name;
  };
  const auto kInvalid = ErrorCode::kInvalidHeaderValue;
  const Case cases[] = {
      {headers_of(kDate, "Mutable"), kInvalid, "x-ms-immutability-policy-mode"},
      {headers_of("2998-01-01T00:00:00Z", ""), kInvalid, "x-ms-immutability-policy-until-date"},
      {headers_of("soon", "Locked"), kInvalid, "x-ms-immutability-policy-until-date"},
      {headers_of("", "Locked"), ErrorCode::kMissingRequiredHeader,
       "x-ms-immutability-policy-until-date"},
      {headers_of("", "", "yes"), kInvalid, "x-ms-legal-hold"},
  };
  for (const Case& c : cases) {
    const auto refused = parse_protection(c.headers);
    ASSERT_FALSE(refused) << c.name;
    EXPECT_EQ(refused.error().code, c.code) << c.name;
    EXPECT_EQ(field_of(refused.error(), "HeaderName"), c.name);
  }
}

TEST(ParseProtection, ReadsAHold) {
  EXPECT_EQ(parse_legal_hold(headers_of("", "", "true")).value(), true);
  EXPECT_EQ(parse_legal_hold(headers_of("", "", "False")).value(), false);
  EXPECT_EQ(parse_legal_hold(headers_of("", "", "")).value(), std::nullopt);
  const auto both = parse_protection(headers_of(kDate, "Locked", "true"));
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->legal_hold && both->immutability->locked);
  EXPECT_FALSE(parse_protection(headers_of("", "", "false"))->any());
}

TEST(ParseProtection, IsNamedByAnyOfItsHeaders) {
  EXPECT_FALSE(names_protection(headers_of("", "", "")));
  EXPECT_TRUE(names_protection(headers_of("x", "", "")));
  EXPECT_TRUE(names_protection(headers_of("", "x", "")));
  EXPECT_TRUE(names_protection(headers_of("", "", "x")));
}

TEST(ParseProtection, IsOfABlockListToo) {
  const auto document = parse_put_block_list(
      make_call("PUT", "/acct/box/b?comp=blocklist",
                {{"x-ms-immutability-policy-until-date", kDate}, {"x-ms-legal-hold", "true"}}),
      "<BlockList></BlockList>");
  ASSERT_TRUE(document) << to_string(document.error());
  EXPECT_TRUE(document->request.protection.legal_hold);
  ASSERT_TRUE(document->request.protection.immutability);
  EXPECT_FALSE(document->request.protection.immutability->locked);
}

TEST(RenderProtection, IsShownOfABlobThatHasIt) {
  struct Case {
    std::optional<blob::ImmutabilityPolicy> policy;
    bool hold;
    std::string version, until, mode, held;
  };
  const Timestamp until = *parse_iso8601("2998-01-01T00:00:00Z");
  const Case cases[] = {
      {{}, false, "2021-12-02", "", "", ""},
      {blob::ImmutabilityPolicy{until, false}, false, "2020-06-12", kDate, "unlocked", ""},
      {blob::ImmutabilityPolicy{until, true}, true, "2021-12-02", kDate, "locked", "true"},
      {{}, true, "2020-06-12", "", "", "true"},
      {blob::ImmutabilityPolicy{until, true}, true, "2020-04-08", "", "", ""},
  };
  for (const Case& c : cases) {
    auto properties = std::make_shared<blob::BlobProperties>();
    properties->immutability = c.policy;
    properties->legal_hold = c.hold;
    const auto response = render_get_blob_properties(
        make_call("HEAD", "/acct/box/b", {}, c.version), {properties, {}});
    EXPECT_EQ(response.headers.get("x-ms-immutability-policy-until-date"), c.until);
    EXPECT_EQ(response.headers.get("x-ms-immutability-policy-mode"), c.mode);
    EXPECT_EQ(response.headers.get("x-ms-legal-hold"), c.held);
  }
}

}  // namespace
}  // namespace lapis::azure
