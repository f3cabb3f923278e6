#include "lapis/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace lapis {
namespace {

TEST(Guid, ReadsAsEightFourFourFourTwelveInLowerCase) {
  Guid guid;
  for (std::size_t i = 0; i < guid.bytes.size(); ++i) {
    guid.bytes[i] = static_cast<std::byte>(0xF0 - 0x0F * i);
  }
  EXPECT_EQ(guid.to_string(), "f0e1d2c3-b4a5-9687-7869-5a4b3c2d1e0f");
}

TEST(Guid, IsVersionFourOfTheRfcVariant) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (int i = 0; i < 100; ++i) {
    const std::string text = Guid::make().to_string();
    EXPECT_TRUE(std::regex_match(text, form)) << text;
  }
}

TEST(Guid, DiffersEachTimeOnEveryThread) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 5000;
  std::vector<std::vector<Guid>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& guids : made) {
      threads.emplace_back([&guids] {
        for (std::size_t i = 0; i < kEach; ++i) guids.push_back(Guid::make());
      });
    }
  }
  std::set<Guid> distinct;
  for (const auto& guids : made) distinct.insert(guids.begin(), guids.end());
  EXPECT_EQ(distinct.size(), kThreads * kEach);
}

// Of 2000 draws each free bit is set about half the time: 1000 +- 9 standard deviations.
TEST(Guid, UsesAllBitsButSix) {
  std::array<int, 128> set_count{};
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    const Guid guid = Guid::make();
    for (std::size_t bit = 0; bit < 128; ++bit) {
      const bool is_set = (guid.bytes[bit / 8] >> (bit % 8) & std::byte{1}) != std::byte{0};
      set_count[bit] += is_set ? 1 : 0;
    }
  }
  std::size_t fixed = 0;
  for (const int count : set_count) {
    if (count == 0 || count == kDraws) {
      ++fixed;
    } else {
      EXPECT_NEAR(count, kDraws / 2, 200);
    }
  }
  EXPECT_EQ(fixed, 6U);
}

TEST(FillRandom, FillsEveryByte) {
  std::vector<std::byte> seen(1000);
  std::vector<std::byte> drawn(1000);
  for (int round = 0; round < 20; ++round) {
    fill_random(drawn);
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i] |= drawn[i];
  }
  for (const std::byte byte : seen) EXPECT_NE(byte, std::byte{0});
}

TEST(FillRandom, TakesNothing) { fill_random({}); }

TEST(RandomU64, Differs) {
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(random_u64());
  EXPECT_EQ(drawn.size(), 100U);
}

}  // namespace
}  // namespace lapis
