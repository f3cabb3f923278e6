#include "azure/request/metadata.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

http::Headers headers(std::initializer_list<http::Header> fields) {
  http::Headers result;
  for (const auto& field : fields) result.add(field.name, field.value);
  return result;
}

TEST(ParseMetadata, KeepsOrderAndCase) {
  const auto metadata = parse_metadata(
      headers({{"X-MS-Meta-Zeta", "1"}, {"Other", "x"}, {"x-ms-meta-_a9", "two words"}}));
  ASSERT_TRUE(metadata);
  EXPECT_EQ(*metadata, (blob::Metadata{{"Zeta", "1"}, {"_a9", "two words"}}));
}

TEST(ParseMetadata, EmptyValueIsAValue) {
  EXPECT_EQ(*parse_metadata(headers({{"x-ms-meta-a", ""}})), (blob::Metadata{{"a", ""}}));
}

struct Bad {
  const char* name;
  http::Header header;
  ErrorCode code;
};

class RefuseMetadata : public testing::TestWithParam<Bad> {};

TEST_P(RefuseMetadata, Fails) {
  const auto metadata = parse_metadata(headers({{"x-ms-meta-same", "1"}, GetParam().header}));
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().code, GetParam().code);
}

const std::string kTooLarge(8 * 1024, 'x');
const Bad kBad[] = {
    {"EmptyName", {"x-ms-meta-", "1"}, ErrorCode::kEmptyMetadataKey},
    {"DigitFirst", {"x-ms-meta-1a", "1"}, ErrorCode::kInvalidMetadata},
    {"Hyphen", {"x-ms-meta-a-b", "1"}, ErrorCode::kInvalidMetadata},
    {"Dot", {"x-ms-meta-a.b", "1"}, ErrorCode::kInvalidMetadata},
    {"NotAsciiName", {"x-ms-meta-\xC3\xBC", "1"}, ErrorCode::kInvalidMetadata},
    {"NotAsciiValue", {"x-ms-meta-a", "\xC3\xBC"}, ErrorCode::kInvalidMetadata},
    {"Twice", {"x-ms-meta-SAME", "1"}, ErrorCode::kInvalidMetadata},
    {"TooLarge", {"x-ms-meta-a", kTooLarge}, ErrorCode::kMetadataTooLarge},
};
INSTANTIATE_TEST_SUITE_P(Headers, RefuseMetadata, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseMetadata, TakesEightKibibytesOfNamesAndValues) {
  EXPECT_TRUE(parse_metadata(headers({{"x-ms-meta-a", std::string(8 * 1024 - 1, 'x')}})));
}

TEST(AddMetadata, WritesWhatWasParsed) {
  http::Headers out;
  add_metadata(out, {{"Abc", "1"}});
  EXPECT_EQ(out.get("x-ms-meta-abc"), "1");
  EXPECT_EQ(out.all()[0].name, "x-ms-meta-Abc");
}

}  // namespace
}  // namespace lapis::azure
