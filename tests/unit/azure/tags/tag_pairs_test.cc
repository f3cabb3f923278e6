#include "azure/tags/tag_pairs.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

Result<blob::Tags> parse_header(const std::string& text) {
  http::Headers headers;
  headers.add("x-ms-tags", text);
  return parse_tags_header(headers);
}

std::string many(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i ? "&k" : "k") + std::to_string(i) + "=v";
  return text;
}

TEST(TagsHeader, ReadsWhatSdksWrite) {
  EXPECT_EQ(*parse_header("a=1"), (blob::Tags{{"a", "1"}}));
  EXPECT_EQ(*parse_header("a=1&B%20c=%2B-.%2F%3A%3D_&d="),
            (blob::Tags{{"a", "1"}, {"B c", "+-./:=_"}, {"d", ""}}));
  EXPECT_EQ(*parse_header("a+b=c+d"), (blob::Tags{{"a b", "c d"}}));
  EXPECT_EQ(*parse_header("a=b=c"), (blob::Tags{{"a", "b=c"}}));
  EXPECT_EQ(parse_header(many(10))->size(), 10u);
  EXPECT_EQ(parse_header(std::string(128, 'k') + "=" + std::string(256, 'v'))->size(), 1u);
  EXPECT_TRUE(parse_header("")->empty());
}

TEST(TagsHeader, RefusesWhatNoBlobCanHave) {
  for (const std::string& text :
       {std::string("a"), std::string("=1"), std::string("a=1&a=2"), std::string("a=1&&b=2"),
        std::string("a=%2"), std::string("a=%00"), std::string("a=!"), std::string("a%26=1"),
        std::string("%C3%A4=1"), many(11), std::string(129, 'k') + "=v",
        "k=" + std::string(257, 'v')}) {
    const auto tags = parse_header(text);
    ASSERT_FALSE(tags) << text;
    EXPECT_EQ(tags.error().code, ErrorCode::kInvalidHeaderValue);
  }
}

std::string document(const std::string& tags) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><Tags><TagSet>" + tags + "</TagSet></Tags>";
}

std::string tag(const std::string& key, const std::string& value) {
  return "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
}

TEST(TagsDocument, ReadsTags) {
  EXPECT_EQ(*parse_tags_document(document(tag("a", "1") + tag("b c", " x "))),
            (blob::Tags{{"a", "1"}, {"b c", " x "}}));
  EXPECT_TRUE(parse_tags_document(document(""))->empty());
  EXPECT_EQ(*parse_tags_document(document("<Tag><Key>a</Key><Value /></Tag>")),
            (blob::Tags{{"a", ""}}));
}

TEST(TagsDocument, RefusesOthers) {
  struct Case {
    std::string xml;
    ErrorCode code;
  };
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += tag("k" + std::to_string(i), "v");
  const Case cases[] = {
      {"", ErrorCode::kInvalidXmlDocument},
      {"<Tags>", ErrorCode::kInvalidXmlDocument},
      {"<Other/>", ErrorCode::kInvalidXmlDocument},
      {"<Tags/>", ErrorCode::kMissingRequiredXmlNode},
      {document("<Tag><Key>a</Key></Tag>"), ErrorCode::kMissingRequiredXmlNode},
      {document("<Label/>"), ErrorCode::kUnsupportedXmlNode},
      {document("<Tag><Key><b/></Key><Value>1</Value></Tag>"), ErrorCode::kInvalidXmlNodeValue},
      {document(tag("", "1")), ErrorCode::kInvalidInput},
      {document(tag("a", "1") + tag("a", "2")), ErrorCode::kInvalidInput},
      {document(tag("a", "&amp;")), ErrorCode::kInvalidInput},
      {document(eleven), ErrorCode::kInvalidInput},
  };
  for (const Case& c : cases) {
    const auto tags = parse_tags_document(c.xml);
    ASSERT_FALSE(tags) << c.xml;
    EXPECT_EQ(tags.error().code, c.code) << c.xml;
  }
}

}  // namespace
}  // namespace lapis::azure
