#include "lapis/azure/query.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

TEST(Query, NamesCompareWithoutCase) {
  const auto query = Query::parse("Comp=list&PREFIX=A");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->get("comp"), "list");
  EXPECT_EQ(query->get("prefix"), "A");
  EXPECT_EQ(query->find("other"), nullptr);
}

TEST(Query, ValuesAreDecodedAndPlusIsABlank) {
  const auto query = Query::parse("prefix=a%2Bb+c%20d&x=%C3%BC");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->get("prefix"), "a+b c d");
  EXPECT_EQ(query->all()[0].plus_form, "a%2Bb+c%20d");
  EXPECT_EQ(query->get("x"), "\xC3\xBC");
  EXPECT_EQ(query->all()[1].plus_form, "");
}

TEST(Query, PlusStaysInBase64) {
  const auto query = Query::parse("sig=a%2Bb+c%3D&BlockId=+/+%3D");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->get("sig"), "a+b+c=");
  EXPECT_EQ(query->get("blockid"), "+/+=");
  EXPECT_EQ(query->all()[0].plus_form, "");
}

TEST(Query, EmptyPartsAreLeftOut) {
  const auto query = Query::parse("&&a=1&&b&");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->all().size(), 2u);
  ASSERT_NE(query->find("b"), nullptr);
  EXPECT_EQ(*query->find("b"), "");
}

TEST(Query, KnowsWhatSomeClientsLeaveUnsigned) {
  const auto query = Query::parse("a=1&b=&c=x=y&d=%3D");
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->all()[0].plain);
  EXPECT_FALSE(query->all()[1].plain);
  EXPECT_FALSE(query->all()[2].plain);
  EXPECT_TRUE(query->all()[3].plain);
}

struct Bad {
  const char* name;
  std::string text;
  ErrorCode code;
};

class RefuseQuery : public testing::TestWithParam<Bad> {};

TEST_P(RefuseQuery, Fails) {
  const auto query = Query::parse(GetParam().text);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code, GetParam().code);
}

std::string many() {
  std::string text;
  for (int i = 0; i < 129; ++i) text += "p" + std::to_string(i) + "=1&";
  return text;
}

const Bad kBad[] = {
    {"Twice", "a=1&a=2", ErrorCode::kInvalidQueryParameterValue},
    {"TwiceInAnotherCase", "a=1&A=1", ErrorCode::kInvalidQueryParameterValue},
    {"TwiceEncoded", "a=1&%61=1", ErrorCode::kInvalidQueryParameterValue},
    {"BadEscape", "a=%", ErrorCode::kInvalidUri},
    {"BadEscapeInName", "%x=1", ErrorCode::kInvalidUri},
    {"Nul", "a=%00", ErrorCode::kInvalidUri},
    {"NotUtf8", "a=%80", ErrorCode::kInvalidUri},
    {"TooMany", many(), ErrorCode::kInvalidUri},
};
INSTANTIATE_TEST_SUITE_P(Forms, RefuseQuery, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
