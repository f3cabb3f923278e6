#include "lapis/azure/copy_source.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

using blob::RequestedRange;

struct AnswerCase {
  const char* name;
  std::optional<RequestedRange> asked;
  int status;
  const char* content_range;  // empty: none
  std::optional<std::uint64_t> length;
  std::optional<ErrorCode> error = {};
};

class SourceAnswer : public testing::TestWithParam<AnswerCase> {};

TEST_P(SourceAnswer, HoldsExactlyWhatWasAskedFor) {
  const AnswerCase& c = GetParam();
  blob::SourceRequest request;
  request.range = c.asked;
  http::Headers headers;
  if (*c.content_range != '\0') headers.add("Content-Range", c.content_range);
  const auto properties = read_source_head(request, c.status, headers, c.length);
  ASSERT_EQ(properties.has_value(), !c.error);
  if (properties) {
    EXPECT_EQ(properties->length, c.length);
  } else {
    EXPECT_EQ(properties.error().code, *c.error);
  }
}

constexpr auto kNot = ErrorCode::kCannotVerifyCopySource;
constexpr RequestedRange kMiddle{2, 4};
constexpr RequestedRange kRest{2, std::nullopt};
constexpr RequestedRange kAll{0, std::nullopt};
const AnswerCase kAnswers[] = {
    {"Whole", {}, 200, "", 7},
    {"WholeWithoutLength", {}, 200, "", {}, kNot},
    {"PartOfWhole", {}, 206, "bytes 0-6/7", 7, kNot},
    {"Range", kMiddle, 206, "bytes 2-4/7", 3},
    {"RangeInAnyCase", kMiddle, 206, "Bytes 2-4/7", 3},
    {"RangeOfUnknownTotal", kMiddle, 206, "bytes 2-4/*", 3},
    {"RangeElsewhere", kMiddle, 206, "bytes 1-3/7", 3, kNot},
    {"RangeShorterAsTheSourceIs", kMiddle, 206, "bytes 2-3/4", 2, ErrorCode::kInvalidRange},
    {"RangeOfAnotherLength", kMiddle, 206, "bytes 2-4/7", 4, kNot},
    {"RangeBehindItsTotal", kMiddle, 206, "bytes 2-4/4", 3, kNot},
    {"RangeWithoutTotal", kMiddle, 206, "bytes 2-4", 3, kNot},
    {"RangeOfNoTotal", kMiddle, 206, "bytes 2-4/x", 3, kNot},
    {"RangeReversed", kMiddle, 206, "bytes 4-2/7", 3, kNot},
    {"RangeOfNothing", kMiddle, 206, "bytes */7", 3, kNot},
    {"RangeOfOtherUnits", kMiddle, 206, "lines 2-4/7", 3, kNot},
    {"RangeUntold", kMiddle, 206, "", 3, kNot},
    {"RangeIgnored", kMiddle, 200, "", 7, kNot},
    {"Rest", kRest, 206, "bytes 2-6/7", 5},
    {"RestCutShort", kRest, 206, "bytes 2-4/7", 3, kNot},
    {"RestOfUnknownTotal", kRest, 206, "bytes 2-6/*", 5, kNot},
    {"RestIgnored", kRest, 200, "", 7, kNot},
    {"All", kAll, 206, "bytes 0-6/7", 7},
    {"AllAsWhole", kAll, 200, "", 7},
    {"AllCutShort", kAll, 206, "bytes 0-5/7", 6, kNot},
};
INSTANTIATE_TEST_SUITE_P(Answers, SourceAnswer, testing::ValuesIn(kAnswers),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(SourceTags, AreAskedForBesideWhatTheUrlCarries) {
  EXPECT_EQ(source_tags_target("/c/b"), "/c/b?comp=tags");
  EXPECT_EQ(source_tags_target("/c/b?sig=a%2Bb&snapshot=x"), "/c/b?sig=a%2Bb&snapshot=x&comp=tags");
  blob::SourceRequest request;
  request.authorization = "Bearer x";
  request.if_tags = "a='b'";
  request.conditions.if_match = blob::EtagCondition{false, {"e"}};
  request.version = 20250101;
  const http::Headers tags = source_tags_headers(request);
  EXPECT_EQ(tags.get("Authorization"), "Bearer x");
  EXPECT_EQ(tags.get("x-ms-version"), "2021-12-02");
  EXPECT_EQ(tags.find("If-Match"), nullptr) << "the content has it";
  EXPECT_EQ(tags.find("x-ms-if-tags"), nullptr);
  const http::Headers content = source_headers(request);
  EXPECT_EQ(content.get("If-Match"), "\"e\"");
  EXPECT_EQ(content.get("x-ms-if-tags"), "a='b'");
}

TEST(SourceTags, AreThoseOfABlobOrNone) {
  const std::string tag = "<Tag><Key>k</Key><Value>v</Value></Tag>";
  const auto document = [](const std::string& tags) {
    return "\xef\xbb\xbf<?xml version=\"1.0\"?><Tags><TagSet>" + tags + "</TagSet></Tags>";
  };
  EXPECT_EQ(read_source_tags(200, document("")), blob::Tags{});
  EXPECT_EQ(read_source_tags(200, document(tag)), (blob::Tags{{"k", "v"}}));
  struct Case {
    const char* name;
    int status;
    std::string text;
  };
  const Case cases[] = {
      {"nothing", 200, ""},
      {"no document", 200, "k=v"},
      {"another", 200, "<Error/>"},
      {"a part", 206, document(tag)},
      {"twice the same", 200, document(tag + tag)},
      {"no value that a blob has", 200, document("<Tag><Key>k</Key><Value>!</Value></Tag>")},
      {"cut short", 200, document(tag).substr(0, 60)},
  };
  for (const Case& c : cases) {
    const auto tags = read_source_tags(c.status, c.text);
    ASSERT_FALSE(tags) << c.name;
    EXPECT_EQ(tags.error().code, kNot) << c.name;
    EXPECT_EQ(tags.error().status(), 400) << c.name;
  }
}

}  // namespace
}  // namespace lapis::azure
