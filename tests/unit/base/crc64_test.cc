// Every implementation of CRC-64/NVME against the definition, bit by bit.
#include "lapis/base/crc64.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "base/crc64_impl.h"
#include "base/crc64_poly.h"
#include "lapis/base/base64.h"

namespace lapis {
namespace {

using crc64_impl::Update;

// The definition: one bit at a time, sharing nothing with the product.
std::uint64_t reference_update(std::uint64_t state, Bytes data) {
  for (const std::byte byte : data) {
    state ^= std::to_integer<std::uint64_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      state = (state & 1) != 0 ? (state >> 1) ^ 0x9A6C9329AC4BC9B5 : state >> 1;
    }
  }
  return state;
}

std::uint64_t reference_crc(Bytes data) { return ~reference_update(~std::uint64_t{0}, data); }

std::vector<std::byte> random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(generator());
  return bytes;
}

struct Implementation {
  const char* name;
  Update update;
  bool runs_here;
};

std::vector<Implementation> implementations() {
  std::vector<Implementation> all = {{"Table", crc64_impl::update_table, true}};
#if defined(LAPIS_CRC64_X86)
  all.push_back({"Clmul", crc64_impl::update_clmul, crc64_impl::has_clmul()});
  all.push_back({"Vclmul256", crc64_impl::update_vclmul256, crc64_impl::has_vclmul256()});
  all.push_back({"Vclmul512", crc64_impl::update_vclmul512, crc64_impl::has_vclmul512()});
#endif
  all.push_back({"Chosen", crc64_impl::best_update(), true});
  return all;
}

class Crc64Implementation : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here) GTEST_SKIP() << "this CPU does not run it";
  }
};

INSTANTIATE_TEST_SUITE_P(Every, Crc64Implementation, testing::ValuesIn(implementations()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(Crc64Implementation, EqualsTheDefinitionForEveryLengthAndAlignment) {
  constexpr std::size_t kLongest = 1100;
  const auto bytes = random_bytes(kLongest + 64, 1);
  for (const std::size_t offset : {0U, 1U, 3U, 8U, 15U, 33U, 63U}) {
    std::uint64_t expected = 0x0123456789ABCDEF;
    for (std::size_t length = 0; length <= kLongest; ++length) {
      const Bytes data = Bytes(bytes).subspan(offset, length);
      ASSERT_EQ(GetParam().update(0x0123456789ABCDEF, data), expected)
          << "offset " << offset << " length " << length;
      expected = reference_update(expected, Bytes(bytes).subspan(offset + length, 1));
    }
  }
}

TEST_P(Crc64Implementation, EqualsTheDefinitionForLongInput) {
  for (const std::size_t length : {4095U, 4096U, 16384U, 65536U, 65537U, 200003U}) {
    const auto bytes = random_bytes(length, length);
    EXPECT_EQ(GetParam().update(~std::uint64_t{0}, bytes),
              reference_update(~std::uint64_t{0}, bytes))
        << length;
  }
}

TEST_P(Crc64Implementation, ContinuesAcrossRandomSplits) {
  constexpr std::uint64_t kSeed = 20260102;
  std::mt19937_64 generator(kSeed);
  const auto bytes = random_bytes(20000, 2);
  const std::uint64_t expected = reference_update(7, bytes);
  for (int round = 0; round < 100; ++round) {
    std::uint64_t state = 7;
    Bytes rest = bytes;
    while (!rest.empty()) {
      const std::size_t longest = round % 2 == 0 ? 3000 : 100;
      const std::size_t take = std::min<std::size_t>(generator() % longest, rest.size());
      state = GetParam().update(state, rest.first(take));
      rest = rest.subspan(take);
    }
    ASSERT_EQ(state, expected) << "seed " << kSeed << " round " << round;
  }
}

TEST_P(Crc64Implementation, SeesEverySingleFlippedBit) {
  std::vector<std::byte> bytes(700);
  const std::uint64_t clean = GetParam().update(0, bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << bit % 8);
    bytes[bit / 8] ^= mask;
    ASSERT_NE(GetParam().update(0, bytes), clean) << bit;
    bytes[bit / 8] ^= mask;
  }
}

struct Vector {
  const char* name;
  std::string text;
  std::uint64_t crc;
};

class Crc64Vector : public testing::TestWithParam<Vector> {};

TEST_P(Crc64Vector, Holds) { EXPECT_EQ(crc64(as_bytes(GetParam().text)), GetParam().crc); }

// The check value, and the vectors of the NVM Command Set Specification for 4096-byte blocks.
INSTANTIATE_TEST_SUITE_P(
    Published, Crc64Vector,
    testing::Values(Vector{"Check", "123456789", 0xAE8B14860A799888},  //
                    Vector{"Nothing", "", 0},
                    Vector{"ZeroBlock", std::string(4096, '\0'), 0x6482D367EB22B64E},
                    Vector{"OnesBlock", std::string(4096, '\xFF'), 0xC0DDBA7302ECA3AC}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Crc64, IsWhatAzureSendsAsBase64OfLittleEndianBytes) {
  const auto wire = [](std::string_view text) {
    std::array<std::byte, 8> bytes{};
    store_le(bytes, 0, crc64(as_bytes(text)));
    return base64_encode(bytes);
  };
  EXPECT_EQ(wire("a"), "PPzLtEWEL4w=");
  EXPECT_EQ(wire("hello"), "V0JSBnCFdzM=");
  EXPECT_EQ(wire("Hello World"), "YeJLfssylmU=");
}

TEST(Crc64, ContinuesAFinishedCrc) {
  const auto bytes = random_bytes(5000, 3);
  const Bytes all = bytes;
  for (const std::size_t split : {0U, 1U, 16U, 255U, 2500U, 5000U}) {
    EXPECT_EQ(crc64(all.subspan(split), crc64(all.first(split))), reference_crc(all)) << split;
  }
}

TEST(Crc64Combine, EqualsTheCrcOfTheWhole) {
  const auto bytes = random_bytes(70000, 4);
  const Bytes all = bytes;
  const std::uint64_t whole = crc64(all);
  for (const std::size_t split : {0U, 1U, 7U, 4096U, 65536U, 69999U, 70000U}) {
    EXPECT_EQ(crc64_combine(crc64(all.first(split)), crc64(all.subspan(split)), all.size() - split),
              whole)
        << split;
  }
}

TEST(Crc64Combine, JoinsManyPiecesInOrder) {
  const auto bytes = random_bytes(100000, 5);
  std::uint64_t crc = 0;
  for (Bytes rest = bytes; !rest.empty();) {
    const Bytes piece = rest.first(std::min<std::size_t>(rest.size(), 4097));
    crc = crc64_combine(crc, crc64(piece), piece.size());
    rest = rest.subspan(piece.size());
  }
  EXPECT_EQ(crc, crc64(bytes));
}

// No memory holds such lengths: B is 2^k bytes, doubled k times from one.
TEST(Crc64Combine, TakesLengthsBeyondMemory) {
  std::uint64_t zeros = crc64(as_bytes(std::string_view("\0", 1)));
  std::uint64_t doubled_length = 1;
  for (int k = 0; k < 60; ++k, doubled_length *= 2) {
    zeros = crc64_combine(zeros, zeros, doubled_length);
  }
  const std::uint64_t a = crc64(as_bytes("a"));
  const std::uint64_t at_once = crc64_combine(a, zeros, std::uint64_t{1} << 60);
  // (a + Z) + Z == a + (Z + Z)
  EXPECT_EQ(crc64_combine(at_once, zeros, std::uint64_t{1} << 60),
            crc64_combine(a, crc64_combine(zeros, zeros, std::uint64_t{1} << 60),
                          std::uint64_t{1} << 61));
}

TEST(Crc64Poly, DividingByXUndoesMultiplying) {
  for (const std::uint64_t value :
       {std::uint64_t{1}, crc64_poly::kOne, crc64_poly::kPoly, std::uint64_t{0x123456789ABCDEF0}}) {
    EXPECT_EQ(crc64_poly::divided_by_x(crc64_poly::times_x(value)), value);
  }
}

#if defined(LAPIS_CRC64_X86)
TEST(Crc64Poly, TheFastProductIsTheProduct) {
  if (!crc64_impl::has_clmul()) GTEST_SKIP() << "this CPU has no PCLMULQDQ";
  std::mt19937_64 generator(6);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t a = generator();
    const std::uint64_t b = generator();
    ASSERT_EQ(crc64_impl::multiply_clmul(a, b), crc64_poly::multiply(a, b)) << a << ' ' << b;
  }
}
#endif

}  // namespace
}  // namespace lapis
