#include "lapis/base/digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/hex.h"

namespace lapis {
namespace {

using test::to_hex;

struct DigestCase {
  const char* name;
  std::string text;
  std::string_view hex;
};

class Md5Vector : public testing::TestWithParam<DigestCase> {};

TEST_P(Md5Vector, HoldsAtOnce) {
  EXPECT_EQ(to_hex(md5(as_bytes(GetParam().text))), GetParam().hex);
}

TEST_P(Md5Vector, HoldsInPieces) {
  for (const std::size_t piece : {1U, 7U, 64U}) {
    Md5 running;
    for (std::string_view rest = GetParam().text; !rest.empty();) {
      running.update(as_bytes(rest.substr(0, piece)));
      rest.remove_prefix(std::min(piece, rest.size()));
    }
    EXPECT_EQ(to_hex(running.finish()), GetParam().hex) << piece;
  }
}

// RFC 1321 appendix A.5.
INSTANTIATE_TEST_SUITE_P(
    Rfc1321, Md5Vector,
    testing::Values(
        DigestCase{"Empty", "", "d41d8cd98f00b204e9800998ecf8427e"},
        DigestCase{"A", "a", "0cc175b9c0f1b6a831c399e269772661"},
        DigestCase{"Abc", "abc", "900150983cd24fb0d6963f7d28e17f72"},
        DigestCase{"Message", "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        DigestCase{"Letters", "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        DigestCase{"Alphanumeric", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                   "d174ab98d277d9f5a5611c2c9f419d9f"},
        DigestCase{"Digits",
                   "1234567890123456789012345678901234567890123456789012345678901234567890123456789"
                   "0",
                   "57edf4a22be3c955ac49da2e2107b67a"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Md5, MovesWithItsState) {
  Md5 first;
  first.update(as_bytes("a"));
  Md5 second = std::move(first);
  second.update(as_bytes("bc"));
  EXPECT_EQ(to_hex(second.finish()), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Md5DeathTest, FinishesOnce) {
  Md5 running;
  running.finish();
  EXPECT_DEATH(running.finish(), "check failed");
  EXPECT_DEATH(running.update(as_bytes("a")), "check failed");
}

class Sha256Vector : public testing::TestWithParam<DigestCase> {};
TEST_P(Sha256Vector, Holds) {
  EXPECT_EQ(to_hex(sha256(as_bytes(GetParam().text))), GetParam().hex);
}

// FIPS 180-4 examples.
INSTANTIATE_TEST_SUITE_P(
    Fips180, Sha256Vector,
    testing::Values(
        DigestCase{"Empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        DigestCase{"Abc", "abc",
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        DigestCase{"TwoBlocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        DigestCase{"MillionA", std::string(1000000, 'a'),
                   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(EqualConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("xbc")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), {}));
}

}  // namespace
}  // namespace lapis
