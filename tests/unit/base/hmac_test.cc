#include <gtest/gtest.h>

#include <string>

#include "lapis/base/digest.h"
#include "support/hex.h"

namespace lapis {
namespace {

using test::to_hex;

struct HmacCase {
  const char* name;
  std::string key;
  std::string message;
  std::string_view hex;
};

std::string counting_key() {
  std::string key;
  for (char c = 1; c <= 25; ++c) key.push_back(c);
  return key;
}

class HmacVector : public testing::TestWithParam<HmacCase> {};

TEST_P(HmacVector, Holds) {
  HmacSha256 hmac(as_bytes(GetParam().key));
  EXPECT_EQ(to_hex(hmac.sign(GetParam().message)), GetParam().hex);
}

TEST_P(HmacVector, HoldsAgainAfterOtherMessages) {
  HmacSha256 hmac(as_bytes(GetParam().key));
  for (int i = 0; i < 3; ++i) {
    hmac.sign("another message");
    EXPECT_EQ(to_hex(hmac.sign(GetParam().message)), GetParam().hex) << i;
    hmac.sign("");
  }
}

// RFC 4231 section 4 (case 5 is about truncation), and the HMAC of nothing under no key.
INSTANTIATE_TEST_SUITE_P(
    Rfc4231, HmacVector,
    testing::Values(
        HmacCase{"Case1", std::string(20, '\x0b'), "Hi There",
                 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        HmacCase{"Case2", "Jefe", "what do ya want for nothing?",
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        HmacCase{"Case3", std::string(20, '\xaa'), std::string(50, '\xdd'),
                 "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        HmacCase{"Case4", counting_key(), std::string(50, '\xcd'),
                 "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        HmacCase{"Case6", std::string(131, '\xaa'),
                 "Test Using Larger Than Block-Size Key - Hash Key First",
                 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        HmacCase{"Case7", std::string(131, '\xaa'),
                 "This is a test using a larger than block-size key and a larger than block-size "
                 "data. The key needs to be hashed before being used by the HMAC algorithm.",
                 "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
        HmacCase{"Nothing", "", "",
                 "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(HmacSha256, KeepsItsKeyWhenMoved) {
  HmacSha256 first(as_bytes("Jefe"));
  HmacSha256 second = std::move(first);
  EXPECT_EQ(to_hex(second.sign("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HmacSha256, TwoKeysDoNotMix) {
  HmacSha256 one(as_bytes("one"));
  HmacSha256 two(as_bytes("two"));
  const Sha256Digest of_one = one.sign("m");
  const Sha256Digest of_two = two.sign("m");
  EXPECT_NE(of_one, of_two);
  EXPECT_EQ(one.sign("m"), of_one);
}

}  // namespace
}  // namespace lapis
