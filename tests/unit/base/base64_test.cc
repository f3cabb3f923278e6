#include "lapis/base/base64.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace lapis {
namespace {

struct Pair {
  const char* name;
  std::string_view bytes;
  std::string_view text;
};

class Base64 : public testing::TestWithParam<Pair> {};

TEST_P(Base64, Encodes) { EXPECT_EQ(base64_encode(as_bytes(GetParam().bytes)), GetParam().text); }

TEST_P(Base64, Decodes) {
  const auto decoded = base64_decode(GetParam().text);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(as_text(*decoded), GetParam().bytes);
}

// RFC 4648 section 10, and bytes whose text needs every kind of character.
constexpr Pair kPairs[] = {
    {"Empty", "", ""},
    {"One", "f", "Zg=="},
    {"Two", "fo", "Zm8="},
    {"Three", "foo", "Zm9v"},
    {"Four", "foob", "Zm9vYg=="},
    {"Five", "fooba", "Zm9vYmE="},
    {"Six", "foobar", "Zm9vYmFy"},
    {"PlusAndSlash", "\xFB\xEF\xBE\xFF\xFF\xFF", "++++////"},
    {"Zeros", std::string_view("\0\0\0\0", 4), "AAAAAA=="},
};
INSTANTIATE_TEST_SUITE_P(Vectors, Base64, testing::ValuesIn(kPairs),
                         [](const auto& tested) { return std::string(tested.param.name); });

struct Malformed {
  const char* name;
  std::string_view text;
};

class Base64Decode : public testing::TestWithParam<Malformed> {};
TEST_P(Base64Decode, Fails) { EXPECT_FALSE(base64_decode(GetParam().text)); }

constexpr Malformed kMalformed[] = {
    {"OneCharacter", "Z"},
    {"NoPadding", "Zg"},
    {"HalfThePadding", "Zg="},
    {"TooMuchPadding", "Zg==="},
    {"PaddingAlone", "===="},
    {"PaddingPairAlone", "=="},
    {"ThreePaddings", "Z==="},
    {"PaddingAfterWholeGroup", "Zm9v===="},
    {"PaddingInside", "Zg==Zg=="},
    {"PaddingThenText", "Zm=v"},
    {"LeadingBlank", " Zg="},
    {"BlankInside", "Zm 9"},
    {"LineEndAfter", "Zm9v\n"},
    {"LineEndInside", "Zm9v\r\nZm"},
    {"UrlAlphabetMinus", "-m9v"},
    {"UrlAlphabetUnderscore", "_m9v"},
    {"BitsLeftOverOfOneByte", "Zh=="},
    {"BitsLeftOverOfTwoBytes", "Zm9="},
    {"HighBytes", "\xC3\xA9\xC3\xA9"},
    {"Nul", std::string_view("Zm9\0", 4)},
};
INSTANTIATE_TEST_SUITE_P(Malformed, Base64Decode, testing::ValuesIn(kMalformed),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Base64RoundTrip, HoldsForEveryLength) {
  std::mt19937_64 generator(1);
  for (std::size_t size = 0; size < 100; ++size) {
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(generator());
    const auto decoded = base64_decode(base64_encode(bytes));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, bytes) << size;
  }
}

}  // namespace
}  // namespace lapis
