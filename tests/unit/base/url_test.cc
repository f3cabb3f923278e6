#include "lapis/base/url.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace lapis {
namespace {

struct DecodeCase {
  const char* name;
  std::string_view text;
  std::optional<std::string> decoded;
};

class PercentDecode : public testing::TestWithParam<DecodeCase> {};
TEST_P(PercentDecode, Claim) { EXPECT_EQ(percent_decode(GetParam().text), GetParam().decoded); }

const DecodeCase kDecodeCases[] = {
    {"Empty", "", ""},
    {"Plain", "a/b-c", "a/b-c"},
    {"PlusStays", "a+b", "a+b"},
    {"UpperHex", "%2F%C3%A9", "/\xC3\xA9"},
    {"LowerHex", "%2f%c3%a9", "/\xC3\xA9"},
    {"OnlyOnce", "%252F", "%2F"},
    {"NulIsAByte", "a%00b", std::string("a\0b", 3)},
    {"AtTheVeryEnd", "a%20", "a "},
    {"LonePercentFails", "%", std::nullopt},
    {"PercentAtEndFails", "abc%", std::nullopt},
    {"OneDigitFails", "abc%2", std::nullopt},
    {"NotHexFails", "%2G", std::nullopt},
    {"FirstNotHexFails", "%G2", std::nullopt},
    {"DoublePercentFails", "%%20", std::nullopt},
    {"BlankInEscapeFails", "% 2", std::nullopt},
    {"SignInEscapeFails", "%+2", std::nullopt},
    {"UnicodeEscapeFails", "%u00e9", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Claims, PercentDecode, testing::ValuesIn(kDecodeCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(PercentEncode, LeavesUnreservedAlone) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  EXPECT_EQ(percent_encode(kUnreserved), kUnreserved);
}

TEST(PercentEncode, EncodesTheRestInUpperCase) {
  EXPECT_EQ(percent_encode("a b/c+d%\xC3\xA9"), "a%20b%2Fc%2Bd%25%C3%A9");
}

TEST(PercentEncode, KeepsWhatItIsTold) { EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c"); }

TEST(PercentEncode, RoundTripsEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

}  // namespace
}  // namespace lapis
