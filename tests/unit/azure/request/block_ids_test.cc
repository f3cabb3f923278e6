#include "azure/request/block_ids.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

struct Case {
  const char* name;
  std::string text;
  bool valid;
};

class BlockIdText : public testing::TestWithParam<Case> {};

TEST_P(BlockIdText, IsJudged) { EXPECT_EQ(is_block_id(GetParam().text), GetParam().valid); }

const Case kCases[] = {
    {"OneByte", "AA==", true},
    {"TwoBytes", "AAA=", true},
    {"LooseBits", "AB==", true},
    {"SixtyFourBytes", std::string(86, 'A') + "==", true},
    {"SixtyFiveBytes", std::string(87, 'A') + "=", false},
    {"Empty", "", false},
    {"PaddingAlone", "====", false},
    {"NoPadding", "AA", false},
    {"ThreePaddings", "A===", false},
    {"PaddingInside", "A=AA", false},
    {"Blank", "AA A", false},
    {"UrlAlphabet", "-_-_", false},
};
INSTANTIATE_TEST_SUITE_P(Texts, BlockIdText, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseBlockId, KeepsTheText) {
  EXPECT_EQ(parse_block_id(*Query::parse("blockid=QUI%3D"))->text, "QUI=");
}

TEST(ParseBlockId, SaysWhatIsWrong) {
  const auto missing = parse_block_id(*Query::parse("comp=block"));
  EXPECT_EQ(missing.error().code, ErrorCode::kMissingRequiredQueryParameter);
  EXPECT_EQ(test::field_of(missing.error(), "QueryParameterName"), "blockid");
  const auto malformed = parse_block_id(*Query::parse("blockid=x"));
  EXPECT_EQ(malformed.error().code, ErrorCode::kInvalidQueryParameterValue);
  EXPECT_EQ(test::field_of(malformed.error(), "QueryParameterValue"), "x");
  EXPECT_EQ(test::field_of(malformed.error(), "Reason"), "Not a valid base64 string.");
  const auto longer = parse_block_id(*Query::parse("blockid=" + std::string(88, 'A')));
  EXPECT_EQ(longer.error().code, ErrorCode::kInvalidQueryParameterValue);
}

}  // namespace
}  // namespace lapis::azure
