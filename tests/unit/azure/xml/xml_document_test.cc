#include "azure/xml/xml_document.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;

Result<XmlDocument> parse(std::string_view xml) { return XmlDocument::parse(xml, "a"); }

TEST(XmlDocument, TellsWhereItIsWrong) {
  const struct {
    std::string xml, line, position;
  } cases[] = {
      {"", "1", "1"},
      {"<b/>", "1", "2"},
      {"<a/><a/>", "1", "6"},
      {"<a/>\ntext", "1", "5"},
      {"<!DOCTYPE a><a/>", "1", "11"},
      {std::string("<a>\n \0</a>", 10), "2", "2"},
  };
  for (const auto& c : cases) {
    const auto document = parse(c.xml);
    ASSERT_FALSE(document) << c.xml;
    EXPECT_EQ(document.error().code, ErrorCode::kInvalidXmlDocument) << c.xml;
    EXPECT_EQ(field_of(document.error(), "LineNumber"), c.line) << c.xml;
    EXPECT_EQ(field_of(document.error(), "LinePosition"), c.position) << c.xml;
    EXPECT_NE(field_of(document.error(), "Reason"), "") << c.xml;
  }
}

TEST(XmlDocument, ChildrenAreKnownAndSingle) {
  const auto check = [](std::string_view xml) {
    const auto document = parse(xml);
    EXPECT_TRUE(document) << xml;
    const auto checked = document->check_children(document->root(), {"b", "c"});
    return checked ? std::string() : to_string(checked.error());
  };
  EXPECT_EQ(check("<a/>"), "");
  EXPECT_EQ(check("<?xml version='1.0'?><a><!-- x --><c>1</c>\n<b x='1'/></a>"), "");
  EXPECT_TRUE(check("<a><d/></a>").starts_with("UnsupportedXmlNode"));
  EXPECT_TRUE(check("<a><b/><c/><b/></a>").starts_with("InvalidXmlDocument"));
  EXPECT_TRUE(check("<a><b/>text</a>").starts_with("InvalidXmlDocument"));
}

TEST(XmlDocument, TextIsTrimmedAndUnescaped) {
  const auto document = parse("<a><b> x &lt;&#65;\n</b><c/><d>1<e/></d><f><![CDATA[<]]></f></a>");
  ASSERT_TRUE(document);
  const auto root = document->root();
  EXPECT_EQ(required_text(root, "b"), "x <A");
  EXPECT_EQ(required_text(root, "c"), "");
  EXPECT_EQ(required_text(root, "d").error().code, ErrorCode::kInvalidXmlNodeValue);
  EXPECT_EQ(required_text(root, "f"), "<");
  const auto missing = required_text(root, "g");
  EXPECT_EQ(missing.error().code, ErrorCode::kMissingRequiredXmlNode);
  EXPECT_EQ(field_of(missing.error(), "XmlNodeName"), "g");
}

TEST(XmlDocument, BooleansAreWords) {
  const auto document = parse("<a><b>True</b><c>FALSE</c><d>1</d></a>");
  ASSERT_TRUE(document);
  EXPECT_EQ(required_bool(document->root(), "b"), true);
  EXPECT_EQ(required_bool(document->root(), "c"), false);
  const auto number = required_bool(document->root(), "d");
  EXPECT_EQ(number.error().code, ErrorCode::kInvalidXmlNodeValue);
  EXPECT_EQ(field_of(number.error(), "XmlNodeValue"), "1");
}

}  // namespace
}  // namespace lapis::azure
