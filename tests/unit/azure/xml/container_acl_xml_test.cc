#include "azure/xml/container_acl_xml.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;

std::string document(const std::string& id) {
  return "<SignedIdentifiers>\n<SignedIdentifier><Id>" + id +
         "</Id></SignedIdentifier></SignedIdentifiers>";
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  while (times-- != 0) all += text;
  return all;
}

TEST(ContainerAclXml, AnIdHas1To64Characters) {
  for (const std::string& id : {std::string("x"), repeated("x", 64), repeated("\xC3\xBC", 64)}) {
    const auto policies = parse_container_acl(document(id));
    ASSERT_TRUE(policies) << id;
    EXPECT_EQ(policies->front().id, id);
  }
  for (const std::string& id : {std::string(), std::string("  "), repeated("x", 65),
                                repeated("\xC3\xBC", 65), repeated("x", 10'000)}) {
    const auto policies = parse_container_acl(document(id));
    ASSERT_FALSE(policies) << id;
    EXPECT_EQ(policies.error().code, ErrorCode::kInvalidXmlDocument) << id;
    EXPECT_EQ(field_of(policies.error(), "Reason"),
              "Signed identifier ID cannot be empty or over 64 characters in length");
    EXPECT_EQ(field_of(policies.error(), "LineNumber"), "2");
  }
}

// What is stored can be shown.
TEST(ContainerAclXml, AnIdThatNoDocumentCanHold) {
  const auto policies = parse_container_acl(document("a\xEF\xBF\xBF"));
  ASSERT_FALSE(policies);
  EXPECT_EQ(policies.error().code, ErrorCode::kInvalidXmlNodeValue);
}

}  // namespace
}  // namespace lapis::azure
