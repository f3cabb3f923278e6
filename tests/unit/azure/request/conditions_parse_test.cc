#include "azure/request/conditions_parse.h"

#include <gtest/gtest.h>

#include "lapis/base/date.h"
#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

struct Tags {
  const char* name;
  std::string value;
  bool any;
  std::vector<std::string> tags;
};

class ParseTags : public testing::TestWithParam<Tags> {};

TEST_P(ParseTags, Reads) {
  const auto call = make_call("GET", "/acct/box/b", {{"If-Match", GetParam().value}});
  const auto conditions = parse_read_conditions(call);
  ASSERT_TRUE(conditions);
  ASSERT_TRUE(conditions->if_match);
  EXPECT_EQ(conditions->if_match->any, GetParam().any);
  EXPECT_EQ(conditions->if_match->tags, GetParam().tags);
}

const Tags kTags[] = {
    {"Any", "*", true, {}},
    {"Quoted", "\"0x8D\"", false, {"0x8D"}},
    {"Unquoted", "0x8D", false, {"0x8D"}},
    {"List", "\"a\", \"b\",c", false, {"a", "b", "c"}},
    {"CommaInside", "\"a,b\",\"c\"", false, {"a,b", "c"}},
    {"WeakStaysAsSent", "W/\"a\"", false, {"W/\"a\""}},
    {"OneQuoteStaysAsSent", "\"a", false, {"\"a"}},
    {"EmptyTag", "\"\"", false, {""}},
    {"EmptyElements", ",\"a\",,", false, {"a"}},
};
INSTANTIATE_TEST_SUITE_P(Values, ParseTags, testing::ValuesIn(kTags),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseReadConditions, ReadsDates) {
  const auto call = make_call("GET", "/acct/box/b",
                              {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"},
                               {"If-Unmodified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"}});
  const auto conditions = parse_read_conditions(call);
  ASSERT_TRUE(conditions);
  EXPECT_EQ(conditions->if_modified_since, parse_iso8601("1994-11-06T08:49:37Z"));
  EXPECT_EQ(conditions->if_unmodified_since, parse_iso8601("1994-11-06T08:49:37Z"));
}

class MalformedCondition : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(MalformedCondition, IsNamed) {
  const auto& [name, value] = GetParam();
  const auto conditions = parse_read_conditions(make_call("GET", "/acct/box/b", {{name, value}}));
  ASSERT_FALSE(conditions);
  EXPECT_EQ(conditions.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(conditions.error(), "HeaderName"), name);
}
INSTANTIATE_TEST_SUITE_P(Values, MalformedCondition,
                         testing::Values(std::pair{"If-Modified-Since", "yesterday"},
                                         std::pair{"If-Unmodified-Since", ""},
                                         std::pair{"If-Match", ""}, std::pair{"If-Match", ","},
                                         std::pair{"If-None-Match", "*, \"a\""}));

TEST(ParseConditions, ListsAreForReadsSince20130815) {
  const auto with = [](const std::string& version) {
    return make_call("GET", "/acct/box/b", {{"If-None-Match", "\"a\",\"b\""}}, version);
  };
  EXPECT_TRUE(parse_read_conditions(with("2013-08-15")));
  EXPECT_EQ(parse_read_conditions(with("2012-02-12")).error().code,
            ErrorCode::kMultipleConditionHeadersNotSupported);
  EXPECT_EQ(parse_write_conditions(with("2021-12-02")).error().code,
            ErrorCode::kMultipleConditionHeadersNotSupported);
}

TEST(ParseConditions, SeveralAreForReadsSince20130815) {
  const auto with = [](const std::string& version) {
    return make_call("GET", "/acct/box/b", {{"If-None-Match", "\"a\""}, {"If-Match", "*"}},
                     version);
  };
  EXPECT_TRUE(parse_read_conditions(with("2013-08-15")));
  EXPECT_FALSE(reads_by_single_condition(with("2013-08-15")));
  EXPECT_EQ(parse_read_conditions(with("2012-02-12")).error().code,
            ErrorCode::kMultipleConditionHeadersNotSupported);
  EXPECT_TRUE(reads_by_single_condition(with("2012-02-12")));
}

TEST(ParseConditions, WhatMayBeSaidOfAnAbsentBlob) {
  const auto at = [](const std::string& version) {
    return absent_blob(make_call("PUT", "/acct/box/b", {}, version));
  };
  EXPECT_TRUE(at("2012-02-12").takes_any_lease);
  EXPECT_FALSE(at("2013-08-15").takes_any_lease);
  EXPECT_TRUE(at("2016-05-31").staged_is_any);
  EXPECT_FALSE(at("2017-04-17").staged_is_any);
}

TEST(ParseConditions, AnyTagOnReadsIsPassedOverBefore20160531) {
  const auto with = [](const std::string& version) {
    return make_call("GET", "/acct/box/b", {{"If-None-Match", "*"}}, version);
  };
  EXPECT_TRUE(parse_read_conditions(with("2016-05-31"))->if_none_match);
  EXPECT_FALSE(parse_read_conditions(with("2015-12-11"))->if_none_match);
  EXPECT_TRUE(parse_write_conditions(with("2015-12-11"))->if_none_match);
}

TEST(ParseConditions, ContainersTakeDatesOnly) {
  EXPECT_TRUE(parse_date_conditions(
      make_call("DELETE", "/acct/box", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}})));
  EXPECT_EQ(
      parse_date_conditions(make_call("DELETE", "/acct/box", {{"If-Match", "\"a\""}})).error().code,
      ErrorCode::kConditionHeadersNotSupported);
}

}  // namespace
}  // namespace lapis::azure
