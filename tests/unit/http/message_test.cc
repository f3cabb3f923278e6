#include "lapis/http/message.h"

#include <gtest/gtest.h>

namespace lapis::http {
namespace {

TEST(Headers, FindTheFirstOfANameInAnyCase) {
  Headers headers;
  headers.add("x-ms-date", "1");
  headers.add("X-MS-Date", "2");
  ASSERT_NE(headers.find("X-Ms-DATE"), nullptr);
  EXPECT_EQ(*headers.find("X-Ms-DATE"), "1");
  EXPECT_EQ(headers.count("x-ms-date"), 2u);
}

TEST(Headers, HaveNoFieldThatWasNotAdded) {
  const Headers headers;
  EXPECT_EQ(headers.find("a"), nullptr);
  EXPECT_EQ(headers.get("a"), "");
  EXPECT_EQ(headers.count("a"), 0u);
}

TEST(Headers, ForgetTheirFieldsWhenCleared) {
  Headers headers;
  headers.add("secret", "1");
  headers.clear();
  EXPECT_TRUE(headers.all().empty());
  EXPECT_EQ(headers.find("secret"), nullptr);
  headers.add("other", "2");
  ASSERT_EQ(headers.all().size(), 1u);
  EXPECT_EQ(headers.all()[0].name, "other");
  EXPECT_EQ(headers.all()[0].value, "2");
}

TEST(Headers, AreKeptAsTheLinesThatGoOverTheWire) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "");
  EXPECT_EQ(headers.lines(), "a: 1\r\nb: \r\n");
}

TEST(Headers, OutgrowTheirMemory) {
  Headers headers;
  for (int i = 0; i < 300; ++i) {
    headers.add("name" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'v'));
  }
  headers.add("again", headers.get("name299"));  // a view of what it is added to
  ASSERT_EQ(headers.all().size(), 301u);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(headers.get("name" + std::to_string(i)).size(), static_cast<std::size_t>(i));
  }
  EXPECT_EQ(headers.get("again"), std::string(299, 'v'));
}

TEST(Headers, AreCopiedWithTheirMemory) {
  Headers copy;
  {
    Headers headers;
    headers.add("a", "1");
    copy = headers;
  }
  EXPECT_EQ(copy.get("a"), "1");
}

TEST(Headers, AreEmptyAfterTheyWereMovedFrom) {
  Headers headers;
  headers.add("a", "1");
  const Headers other = std::move(headers);
  EXPECT_TRUE(headers.all().empty());  // NOLINT(bugprone-use-after-move): that it may be is claimed
  EXPECT_EQ(other.get("A"), "1");
}

TEST(Iequals, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(iequals("Content-MD5", "content-md5"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("[", "{"));
  EXPECT_FALSE(iequals("\xc3\x84", "\xc3\xa4"));
}

}  // namespace
}  // namespace lapis::http
