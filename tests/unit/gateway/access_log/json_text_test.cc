#include "gateway/access_log/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lapis::gateway {
namespace {

std::string json(std::string_view text) {
  TextBuffer out;
  append_json(out, text);
  return std::string(out.view());
}

struct Case {
  const char* name;
  std::string text;
  std::string json;
};

class JsonText : public testing::TestWithParam<Case> {};

TEST_P(JsonText, IsEscaped) { EXPECT_EQ(json(GetParam().text), GetParam().json); }

const Case kCases[] = {
    {"Empty", "", "\"\""},
    {"Plain", "abc /?=&", "\"abc /?=&\""},
    {"Quote", "a\"b", "\"a\\\"b\""},
    {"Backslash", "a\\b", "\"a\\\\b\""},
    {"Newline", "a\r\nb", "\"a\\u000d\\u000ab\""},
    {"Nul", std::string("a\0b", 3), "\"a\\u0000b\""},
    {"Delete", "a\x7f", "\"a\\u007f\""},
    {"Utf8", "gr\xC3\xBC\xC3\x9F", "\"gr\xC3\xBC\xC3\x9F\""},
    {"FourBytes", "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
    {"Latin1", "gr\xFC", "\"gr\\ufffd\""},
    {"CutShort", "\xE2\x82", "\"\\ufffd\\ufffd\""},
    {"Overlong", "\xC0\xAF", "\"\\ufffd\\ufffd\""},
    {"Surrogate", "\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
    {"LineSeparator", "\xE2\x80\xA8", "\"\\ufffd\""},
    {"C1Control", "\xC2\x85x", "\"\\ufffdx\""},
};
INSTANTIATE_TEST_SUITE_P(Texts, JsonText, testing::ValuesIn(kCases),
                         [](const auto& p) { return std::string(p.param.name); });

// Every pair of bytes: one line, which a parser reads.
TEST(JsonText, NoBytesBreakALine) {
  for (int first = 0; first < 256; ++first) {
    std::string text;
    for (int second = 0; second < 256; ++second) {
      text.append({static_cast<char>(first), static_cast<char>(second), 'x'});
    }
    const std::string line = json(text);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_NO_THROW((void)nlohmann::json::parse(line)) << first;
  }
}

TEST(JsonObject, WritesMembers) {
  TextBuffer out;
  {
    JsonObject object(out);
    object.text("name", "a\"b");
    object.text("absent", "");
    object.number("size", 12);
    object.milliseconds("time", 1'234'567);
    object.milliseconds("short", 400);
    JsonObject inner(object.begin("inner"));
    inner.number("x", 0);
  }
  EXPECT_EQ(out.view(), R"({"name":"a\"b","size":12,"time":1.235,"short":0.000,"inner":{"x":0}})");
}

}  // namespace
}  // namespace lapis::gateway
