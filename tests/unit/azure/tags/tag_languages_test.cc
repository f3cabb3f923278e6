#include "azure/tags/tag_languages.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

const blob::Tags kTags = {{"a", "1"}, {"b", "2"}, {"a key", "it's"}, {"Year", "2020"}};

TEST(TagCondition, MeansWhatItSays) {
  struct Case {
    const char* text;
    bool holds;
  };
  for (const Case& c : {
           Case{"a = '1'", true},
           Case{"a='1'", true},
           Case{"\"a\" = '1'", true},
           Case{"a <> '1'", false},
           Case{"a<>'2' AND b>='2'", true},
           Case{"a > '1' or b <= '2'", true},
           Case{"\"a key\" = 'it''s'", true},
           Case{"Year > '2019'", true},
           Case{"c <> '1'", false},
           Case{"a = '2' AND a = '3' OR b = '2'", true},
           Case{"b = '2' OR a = '2' AND a = '3'", true},
           Case{"(b = '2' OR a = '2') AND a = '3'", false},
           Case{"((a='1'))", true},
           Case{"(a='1' AND (b='3' OR (b='2')))", true},
           Case{"a = '1' AND b = '2' AND c = '3' OR a < '2'", true},
       }) {
    const auto expression = parse_tag_condition(c.text);
    ASSERT_TRUE(expression) << c.text;
    EXPECT_EQ(blob::holds(*expression, kTags), c.holds) << c.text;
  }
}

TEST(TagCondition, RefusesWhatIsNone) {
  for (const char* text : {" ",
                           "a",
                           "a =",
                           "a = 1",
                           "a = \"1\"",
                           "'a' = '1'",
                           "= '1'",
                           "a = '1",
                           "\"a = '1'",
                           "a == '1'",
                           "a = '1' AND",
                           "a = '1' b = '2'",
                           "AND a = '1'",
                           "a = '1' AND OR b = '1'",
                           "(a = '1'",
                           "a = '1')",
                           "()",
                           "(a) = '1'",
                           "@container = 'c'",
                           "@container='c' AND a='1'",
                           "a = '1';",
                           "a ! '1'",
                           "NOT a = '1'",
                           "a LIKE '1'",
                           "1a = '1'",
                           "a-b = '1'",
                           "a = '1' AND ("}) {
    const auto expression = parse_tag_condition(text);
    ASSERT_FALSE(expression) << text;
    EXPECT_EQ(expression.error().code, ErrorCode::kInvalidHeaderValue) << text;
    EXPECT_EQ(expression.error().fields.at(0).value, "x-ms-if-tags");
  }
}

TEST(TagCondition, IsReadHoweverDeepItIs) {
  const std::string deep = std::string(50'000, '(') + "a='1'" + std::string(50'000, ')');
  const auto expression = parse_tag_condition(deep);
  ASSERT_TRUE(expression);
  EXPECT_TRUE(blob::holds(*expression, kTags));
}

TEST(TagQuery, ReadsBounds) {
  const auto query = parse_tag_query(
      "a='1' AND \"b c\">'2' and \"b c\" <= '4' AND @container = 'box' AND d<'5'", false);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->container, "box");
  ASSERT_EQ(query->ranges.size(), 3u);
  EXPECT_TRUE(query->ranges[0].is_one_value());
  EXPECT_EQ(query->ranges[0].key, "a");
  const blob::TagRange& two_sided = query->ranges[1];
  EXPECT_EQ(two_sided.key, "b c");
  EXPECT_EQ(two_sided.first, "2");
  EXPECT_TRUE(two_sided.after_first);
  EXPECT_EQ(two_sided.last, "4");
  EXPECT_FALSE(two_sided.before_last);
  EXPECT_EQ(query->ranges[2].first, "");
  EXPECT_TRUE(query->ranges[2].before_last);
}

std::string eleven_keys() {
  std::string text = "k0='1'";
  for (int i = 1; i <= 10; ++i) text += " AND k" + std::to_string(i) + "='1'";
  return text;
}

TEST(TagQuery, SaysWhereItIsWrong) {
  struct Case {
    std::string text;
    bool names_container;
    const char* message;
  };
  const std::string at = "Error parsing query at or near character position ";
  const Case cases[] = {
      {"a='1' OR b='2'", false, "7: unexpected 'OR'"},
      {"Year > '2019'", false, "1: unexpected 'Year'"},
      {"a <> '1'", false, "3: unexpected '<>'"},
      {"(a='1')", false, "1: unexpected '('"},
      {"a='1' AND", false, "10: unexpected 'end of query'"},
      {"a=1", false, "3: unexpected '1'"},
      {"a='1", false, "3: unexpected '''"},
      {"a-b='1'", false, "2: unexpected '-'"},
      {"a='1' b='2'", false, "7: unexpected 'b'"},
      {"a>'1' AND a>='2'", false, "11: unexpected 'a'"},
      {"a='1' AND a<'2'", false, "11: unexpected 'a'"},
      {"@container='c'", false, "15: unexpected 'end of query'"},
      {"@container>'c' AND a='1'", false, "11: unexpected '>'"},
      {"@blob='c' AND a='1'", false, "1: unexpected '@blob'"},
      {"@container='c' AND @container='d' AND a='1'", false, "20: unexpected '@container'"},
  };
  const auto message_of = [](const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::kInvalidQueryParameterValue);
    EXPECT_EQ(error.fields.at(0).value, "where");
    return error.sent_text;
  };
  for (const Case& c : cases) {
    const auto query = parse_tag_query(c.text, c.names_container);
    ASSERT_FALSE(query) << c.text;
    EXPECT_EQ(message_of(query.error()), at + c.message) << c.text;
  }
  // What goes into a reason phrase is short and printable, whatever a client writes.
  const std::string token(10'000, 'x');
  EXPECT_EQ(message_of(parse_tag_query("a='1' " + token, false).error()),
            at + "7: unexpected '" + token.substr(0, 512) + "'");
  EXPECT_EQ(message_of(parse_tag_query("a='1' AND \"k\r\xC3\xBCy\" 1", false).error()),
            at + "19: unexpected '1'");
  EXPECT_EQ(message_of(parse_tag_query("a='1' \"k\r\xC3\xBCy\"", false).error()),
            at + "7: unexpected 'ky'");
  EXPECT_EQ(message_of(parse_tag_query("@container='c' AND a='1'", true).error()),
            "Error parsing query: Cannot have container in both uri and query");
  EXPECT_EQ(message_of(parse_tag_query(eleven_keys(), false).error()),
            "Error parsing query: there can be at most 10 unique tags in a query");
}

}  // namespace
}  // namespace lapis::azure
