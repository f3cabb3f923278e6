#include "gateway/access_log/redaction.h"

#include <gtest/gtest.h>

#include "lapis/base/url.h"

namespace lapis::gateway {
namespace {

// What a signature looks like, raw and as clients encode it.
constexpr std::string_view kSecret = "aB3dEf+h/jKlMnOpQrStUvWxYz0123456789abcdefg=";

struct Case {
  const char* name;
  std::string text;
  std::string clean;
};

class Redact : public testing::TestWithParam<Case> {};

TEST_P(Redact, TakesSignaturesOut) { EXPECT_EQ(redact(GetParam().text), GetParam().clean); }

// An escape within an escape has the whole text decoded before it is looked at.
TEST_P(Redact, TakesSignaturesOutBehindADeeperEscape) {
  EXPECT_EQ(redact("%2525&" + GetParam().text), "%2525&" + GetParam().clean);
}

TEST_P(Redact, TakesNoMemoryForCleanText) {
  std::string memory = "of the last call";
  const std::string& text = GetParam().text;
  const std::string_view clean = redact(text, memory);
  EXPECT_EQ(clean, GetParam().clean);
  EXPECT_EQ(clean.data() == text.data(), text == GetParam().clean);
}

const std::string kEncoded = percent_encode(kSecret);
const std::string kTwice = percent_encode(kEncoded);

const Case kCases[] = {
    {"Nothing", "/a/b?comp=list", "/a/b?comp=list"},
    {"Plain", "/a/b?sv=1&sig=" + kEncoded + "&se=2", "/a/b?sv=1&sig=REDACTED&se=2"},
    {"Unencoded", "/a?sig=" + std::string(kSecret) + "&sp=r", "/a?sig=REDACTED&sp=r"},
    {"Last", "/a?sig=" + kEncoded, "/a?sig=REDACTED"},
    {"UpperCase", "/a?SIG=" + kEncoded, "/a?SIG=REDACTED"},
    {"MixedCase", "/a?sIg=" + kEncoded, "/a?sIg=REDACTED"},
    {"EncodedName", "/a?%73ig=" + kEncoded, "/a?%73ig=REDACTED"},
    {"WhollyEncodedName", "/a?%73%69%67=" + kEncoded, "/a?%73%69%67=REDACTED"},
    {"EncodedUpperCaseName", "/a?%53%49%47=" + kEncoded, "/a?%53%49%47=REDACTED"},
    {"TwiceEncodedName", "/a?%2573ig=" + kEncoded, "/a?%2573ig=REDACTED"},
    {"EncodedEquals", "/a?sig%3D" + kEncoded + "&x=1", "/a?sig%3DREDACTED&x=1"},
    {"EncodedEqualsLower", "/a?sig%3d" + kEncoded, "/a?sig%3dREDACTED"},
    {"TwiceEncodedEquals", "/a?sig%253D" + kTwice, "/a?sig%253DREDACTED"},
    {"TokenInThePath", "/c/b%3Fsv%3D1%26sig%3D" + kEncoded, "/c/b%3Fsv%3D1%26sig%3DREDACTED"},
    {"UrlInAValue", "/a?u=" + percent_encode("https://h/b?sig=" + kEncoded + "&se=1"),
     "/a?u=https%3A%2F%2Fh%2Fb%3Fsig%3DREDACTED%26se%3D1"},
    {"BlankBehindTheName", "/a?sig%20=" + kEncoded, "/a?sig%20=REDACTED"},
    {"PlusBeforeTheName", "/a?+sig=" + kEncoded, "/a?+sig=REDACTED"},
    {"InAFragment", "/a#sig=" + kEncoded, "/a#sig=REDACTED"},
    {"SemicolonBeforeIt", "/a?x=1;sig=" + kEncoded, "/a?x=1;sig=REDACTED"},
    {"Twice", "/a?sig=" + kEncoded + "&sig=" + kEncoded, "/a?sig=REDACTED&sig=REDACTED"},
    {"TwoSigns", "/a?sig==" + kEncoded, "/a?sig=REDACTED"},
    {"BrokenEscapes", "/a?%zz&sig=%zz" + kEncoded + "%", "/a?%zz&sig=REDACTED"},
    {"EmptyValue", "/a?sig=&se=1", "/a?sig=REDACTED&se=1"},
    {"InText", "client/1.0 (sig=" + std::string(kSecret) + ")", "client/1.0 (sig=REDACTED)"},
    {"EncodedCharacterBeforeIt", "/a?%78sig=1&%3Fsig=" + kEncoded, "/a?%78sig=1&%3Fsig=REDACTED"},
    {"EscapeMadeOfEscapes", "/a?%%37%33ig=" + kEncoded, "/a?%%37%33ig=REDACTED"},
    {"SecondOfTwoNames", "/a?sigsig=1&gsig=2&sig=" + kEncoded, "/a?sigsig=1&gsig=2&sig=REDACTED"},
    {"NameThatEndsInIt", "/a?design=blue", "/a?design=blue"},
    {"NameThatBeginsWithIt", "/a?sigma=1", "/a?sigma=1"},
    {"NameWithoutValue", "/a?sig", "/a?sig"},
    {"JustTheName", "sig", "sig"},
    {"Empty", "", ""},
};
INSTANTIATE_TEST_SUITE_P(Texts, Redact, testing::ValuesIn(kCases),
                         [](const auto& p) { return std::string(p.param.name); });

// Every way to write the name, each letter in four forms, with '=' in three: nothing of the
// signature stays, in whatever form.
TEST(Redact, LeavesNothingForAnySpellingOfTheName) {
  const auto forms = [](char c) {
    const char upper = static_cast<char>(c - 32);
    const auto hex = [](char byte) {
      constexpr std::string_view kHex = "0123456789abcdef";
      const auto value = static_cast<unsigned char>(byte);
      return std::string("%") + kHex[value >> 4] + kHex[value & 15];
    };
    return std::vector<std::string>{std::string(1, c), std::string(1, upper), hex(c), hex(upper),
                                    "%25" + hex(c).substr(1)};
  };
  for (const auto& s : forms('s')) {
    for (const auto& i : forms('i')) {
      for (const auto& g : forms('g')) {
        for (const std::string equals : {"=", "%3D", "%253d"}) {
          for (const std::string& value : {std::string(kSecret), kEncoded, kTwice}) {
            const std::string name = s + i + g + equals;
            for (const std::string front : {"?", "?a=b&", "%26", "%3F"}) {
              EXPECT_EQ(redact("/x" + front + name + value + "&z=1"),
                        "/x" + front + name + "REDACTED&z=1");
            }
          }
        }
      }
    }
  }
}

TEST(RedactForeignUrl, KeepsNothingOfAQuery) {
  EXPECT_EQ(redact_foreign_url("https://h/c/b?sv=1&sig=x&code=secret"), "https://h/c/b?REDACTED");
  EXPECT_EQ(redact_foreign_url("https://h/c/b#access_token=secret"), "https://h/c/b?REDACTED");
  EXPECT_EQ(redact_foreign_url("https://h/c/b"), "https://h/c/b");
}

TEST(RedactForeignUrl, KeepsNoUserAndNoPassword) {
  EXPECT_EQ(redact_foreign_url("https://user:secret@h/c"), "https://h/c");
  EXPECT_EQ(redact_foreign_url("https://user:p@ss@h/c@d"), "https://h/c@d");
  EXPECT_EQ(redact_foreign_url("https://user:secret@h"), "https://h");
}

TEST(RedactForeignUrl, RedactsThePathToo) {
  EXPECT_EQ(redact_foreign_url("https://h/c/b%3fsig%3d" + kEncoded),
            "https://h/c/b%3fsig%3dREDACTED");
}

}  // namespace
}  // namespace lapis::gateway
