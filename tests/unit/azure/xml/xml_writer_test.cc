#include "azure/xml/xml_writer.h"

#include <gtest/gtest.h>

#include <functional>

namespace lapis::azure {
namespace {

std::string written(const std::function<void(XmlWriter&)>& write) {
  std::string text;
  XmlWriter xml(text);
  write(xml);
  return text;
}

TEST(XmlWriter, ElementsEscapeTheirText) {
  EXPECT_EQ(written([](XmlWriter& xml) { xml.element("A", "<a&b>\"'"); }),
            "<A>&lt;a&amp;b&gt;&quot;'</A>");
}

TEST(XmlWriter, EmptyTextIsAnEmptyElement) {
  EXPECT_EQ(written([](XmlWriter& xml) { xml.element("A", ""); }), "<A />");
}

TEST(XmlWriter, NumbersAreDecimal) {
  EXPECT_EQ(written([](XmlWriter& xml) { xml.element("A", ~0ull); }),
            "<A>18446744073709551615</A>");
}

TEST(XmlWriter, AttributesCannotBreakOut) {
  EXPECT_EQ(written([](XmlWriter& xml) { xml.attribute("a", "x\" y=\"<"); }),
            " a=\"x&quot; y=&quot;&lt;\"");
}

struct Name {
  const char* name;
  std::string text;
  std::string expected;
};

class NameElement : public testing::TestWithParam<Name> {};

TEST_P(NameElement, IsWhatAParserGivesBack) {
  EXPECT_EQ(written([](XmlWriter& xml) { xml.name_element("Name", GetParam().text); }),
            GetParam().expected);
}

const Name kNames[] = {
    {"Plain", "a/b.txt", "<Name>a/b.txt</Name>"},
    {"Escaped", "a&b", "<Name>a&amp;b</Name>"},
    {"Utf8", "\xC3\xBC\xF0\x9F\x98\x80", "<Name>\xC3\xBC\xF0\x9F\x98\x80</Name>"},
    {"Nonchar", "first_dir\xEF\xBF\xBF/", "<Name Encoded=\"true\">first_dir%EF%BF%BF%2F</Name>"},
    {"OtherNonchar", "\xEF\xBF\xBE", "<Name Encoded=\"true\">%EF%BF%BE</Name>"},
    {"ReplacementCharacter", "\xEF\xBF\xBD", "<Name>\xEF\xBF\xBD</Name>"},
    {"Control", "a\x01", "<Name Encoded=\"true\">a%01</Name>"},
    {"CarriageReturn", "a\r", "<Name Encoded=\"true\">a%0D</Name>"},
    {"LineFeed", "a\nb", "<Name Encoded=\"true\">a%0Ab</Name>"},
};
INSTANTIATE_TEST_SUITE_P(Names, NameElement, testing::ValuesIn(kNames),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(AppendEscaped, ReplacesWhatXmlCannotCarry) {
  std::string out;
  append_escaped(out, std::string_view("a\0b\x1f\xEF\xBF\xBF\nc\td", 11));
  EXPECT_EQ(out, "a?b??\nc\td");
  out.clear();
  append_escaped(out, "x\xC3\xBC\xFF<");
  EXPECT_EQ(out, "x???&lt;");
}

}  // namespace
}  // namespace lapis::azure
