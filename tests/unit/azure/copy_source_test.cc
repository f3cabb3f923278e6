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

}  // namespace
}  // namespace lapis::azure
