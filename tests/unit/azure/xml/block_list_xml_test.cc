#include "azure/xml/block_list_xml.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using blob::BlockSource;
using test::field_of;

std::string list_of(std::size_t entries) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (std::size_t i = 0; i < entries; ++i) xml += "<Latest>QUJDREVGR0hJSktMTU5PUFFSU1Q=</Latest>";
  return xml + "</BlockList>";
}

TEST(ParseBlockList, KeepsOrderAndSources) {
  const auto blocks = parse_block_list(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>\n"
      "  <Uncommitted>QQ==</Uncommitted>\n  <!-- note --><Committed>Qg==</Committed>\n"
      "  <Latest> Qw== </Latest><Latest><![CDATA[QQ==]]></Latest>\n</BlockList>\n");
  ASSERT_TRUE(blocks) << to_string(blocks.error());
  ASSERT_EQ(blocks->size(), 4u);
  const std::pair<BlockSource, std::string> expected[] = {{BlockSource::kUncommitted, "QQ=="},
                                                          {BlockSource::kCommitted, "Qg=="},
                                                          {BlockSource::kLatest, "Qw=="},
                                                          {BlockSource::kLatest, "QQ=="}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*blocks)[i].source, expected[i].first) << i;
    EXPECT_EQ((*blocks)[i].block.text, expected[i].second) << i;
  }
}

TEST(ParseBlockList, EmptyListIsAList) {
  EXPECT_TRUE(parse_block_list("<BlockList></BlockList>")->empty());
  EXPECT_TRUE(parse_block_list("<BlockList/>")->empty());
}

TEST(ParseBlockList, NumericEntitiesAreCharacters) {
  EXPECT_EQ(
      (*parse_block_list("<BlockList><Latest>QQ&#61;&#x3D;</Latest></BlockList>"))[0].block.text,
      "QQ==");
}

struct Bad {
  const char* name;
  std::string xml;
  ErrorCode code;
};

class RefuseBlockList : public testing::TestWithParam<Bad> {};

TEST_P(RefuseBlockList, Fails) {
  const auto blocks = parse_block_list(GetParam().xml);
  ASSERT_FALSE(blocks);
  EXPECT_EQ(blocks.error().code, GetParam().code);
  if (GetParam().code == ErrorCode::kInvalidXmlDocument) {
    EXPECT_FALSE(field_of(blocks.error(), "LineNumber").empty());
    EXPECT_FALSE(field_of(blocks.error(), "LinePosition").empty());
    EXPECT_FALSE(field_of(blocks.error(), "Reason").empty());
  }
}

std::string nested(int depth) {
  std::string open, close;
  for (int i = 0; i < depth; ++i) {
    open += "<Latest>";
    close += "</Latest>";
  }
  return "<BlockList>" + open + "QQ==" + close + "</BlockList>";
}

const Bad kBad[] = {
    {"Empty", "", ErrorCode::kInvalidXmlDocument},
    {"NoXml", "hello", ErrorCode::kInvalidXmlDocument},
    {"NotClosed", "<BlockList><Latest>QQ==</Latest>", ErrorCode::kInvalidXmlDocument},
    {"WrongClose", "<BlockList><Latest>QQ==</Committed></BlockList>",
     ErrorCode::kInvalidXmlDocument},
    {"OtherRoot", "<Blocks/>", ErrorCode::kInvalidXmlDocument},
    {"TwoRoots", "<BlockList/><BlockList/>", ErrorCode::kInvalidXmlDocument},
    {"TextBehind", "<BlockList/>x", ErrorCode::kInvalidXmlDocument},
    {"TextBefore", "x<BlockList/>", ErrorCode::kInvalidXmlDocument},
    {"TextBetween", "<BlockList>x<Latest>QQ==</Latest></BlockList>",
     ErrorCode::kInvalidXmlDocument},
    {"Doctype", "<!DOCTYPE BlockList><BlockList/>", ErrorCode::kInvalidXmlDocument},
    {"Entities", "<!DOCTYPE b [<!ENTITY a \"QQ==\">]><BlockList><Latest>&a;</Latest></BlockList>",
     ErrorCode::kInvalidXmlDocument},
    {"UnknownEntity", "<BlockList><Latest>&a;</Latest></BlockList>", ErrorCode::kInvalidBlockList},
    {"Nul", std::string("<BlockList/>\0x", 14), ErrorCode::kInvalidXmlDocument},
    {"UnknownElement", "<BlockList><Newest>QQ==</Newest></BlockList>",
     ErrorCode::kUnsupportedXmlNode},
    {"LowerCase", "<BlockList><latest>QQ==</latest></BlockList>", ErrorCode::kUnsupportedXmlNode},
    {"EmptyId", "<BlockList><Latest></Latest></BlockList>", ErrorCode::kInvalidBlockList},
    {"NoBase64", "<BlockList><Latest>*</Latest></BlockList>", ErrorCode::kInvalidBlockList},
    {"LongId", "<BlockList><Latest>" + std::string(92, 'A') + "</Latest></BlockList>",
     ErrorCode::kInvalidBlockList},
    {"Nested", nested(2), ErrorCode::kInvalidBlockList},
    {"NestedDeeply", nested(40'000), ErrorCode::kInvalidBlockList},
    {"OneTooMany", list_of(50'001), ErrorCode::kBlockListTooLong},
    {"FarTooMany", list_of(200'000), ErrorCode::kBlockListTooLong},
    {"Utf16", std::string("\xFF\xFE<\0B\0", 6), ErrorCode::kInvalidXmlDocument},
};
INSTANTIATE_TEST_SUITE_P(Documents, RefuseBlockList, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseBlockList, SaysWhere) {
  const auto blocks = parse_block_list("<BlockList>\n  <Latest>QQ==</Late>\n</BlockList>");
  ASSERT_FALSE(blocks);
  EXPECT_EQ(field_of(blocks.error(), "LineNumber"), "2");
}

TEST(ParseBlockList, FiftyThousandEntriesPass) {
  const std::string xml = list_of(50'000);
  const auto blocks = parse_block_list(xml);
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->size(), 50'000u);
}

}  // namespace
}  // namespace lapis::azure
