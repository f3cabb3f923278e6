#include "support/faultblk/disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace lapis::faultblk {
namespace {

constexpr std::uint64_t kSize = 1 << 20;
constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kBlock = 4096;

std::vector<std::byte> filled(std::size_t size, unsigned char value) {
  return std::vector<std::byte>(size, std::byte{value});
}

std::vector<std::byte> content(const Disk& disk, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> found(size);
  disk.read(offset, found);
  return found;
}

CutReport cut(Disk& disk, CutMode mode, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  return disk.lose_power(mode, random);
}

TEST(Disk, ReadsBackWhatIsNotYetFlushed) {
  Disk disk(kSize, kUnbounded);
  disk.write(kBlock, filled(kBlock, 7));
  EXPECT_EQ(content(disk, kBlock, kBlock), filled(kBlock, 7));
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 0));
}

TEST(Disk, KeepsWhatWasFlushedInEveryMode) {
  for (const CutMode mode :
       {CutMode::kDrop, CutMode::kAll, CutMode::kPrefix, CutMode::kSubset, CutMode::kTorn}) {
    Disk disk(kSize, kUnbounded);
    disk.write(0, filled(kBlock, 7));
    disk.flush();
    EXPECT_EQ(cut(disk, mode).pending, 0u);
    EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 7));
  }
}

TEST(Disk, DropLosesAllThatWasNotFlushed) {
  Disk disk(kSize, kUnbounded);
  disk.write(0, filled(kBlock, 7));
  disk.flush();
  disk.write(0, filled(kBlock, 8));
  const CutReport report = cut(disk, CutMode::kDrop);
  EXPECT_EQ(report.lost_sectors, kBlock / Disk::kSector);
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 7));
}

TEST(Disk, AllKeepsTheLastOfOverlappingWrites) {
  Disk disk(kSize, kUnbounded);
  disk.write(0, filled(kBlock, 7));
  disk.write(0, filled(kBlock, 8));
  EXPECT_EQ(cut(disk, CutMode::kAll).kept, 2u);
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 8));
}

TEST(Disk, PrefixLosesAllThatFollowsALostWrite) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Disk disk(kSize, kUnbounded);
    for (unsigned i = 0; i < 10; ++i) disk.write(i * Disk::kSector, filled(Disk::kSector, 1));
    cut(disk, CutMode::kPrefix, seed);
    const auto found = content(disk, 0, 10 * Disk::kSector);
    EXPECT_TRUE(std::ranges::is_sorted(found, std::greater<>())) << "seed " << seed;
  }
}

TEST(Disk, SubsetKeepsWritesWholeOrNotAtAll) {
  std::size_t kept = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Disk disk(kSize, kUnbounded);
    disk.write(0, filled(kBlock, 7));
    cut(disk, CutMode::kSubset, seed);
    const auto found = content(disk, 0, kBlock);
    EXPECT_TRUE(found == filled(kBlock, 7) || found == filled(kBlock, 0)) << "seed " << seed;
    kept += found == filled(kBlock, 7) ? 1 : 0;
  }
  EXPECT_GT(kept, 10u);
  EXPECT_LT(kept, 40u);
}

TEST(Disk, TornKeepsSingleSectors) {
  Disk disk(kSize, kUnbounded);
  disk.write(0, filled(64 * Disk::kSector, 7));
  const CutReport report = cut(disk, CutMode::kTorn);
  std::size_t lost = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto sector = content(disk, i * Disk::kSector, Disk::kSector);
    ASSERT_TRUE(sector == filled(Disk::kSector, 7) || sector == filled(Disk::kSector, 0));
    lost += sector == filled(Disk::kSector, 0) ? 1 : 0;
  }
  EXPECT_EQ(report.lost_sectors, lost);
  EXPECT_GT(lost, 10u);
  EXPECT_LT(lost, 54u);
}

TEST(Disk, ZerosAreAWriteLikeAnyOther) {
  Disk disk(kSize, kUnbounded);
  disk.write(0, filled(kBlock, 7));
  disk.flush();
  disk.write_zeros(0, kBlock);
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 0));
  cut(disk, CutMode::kDrop);
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 7));
}

TEST(Disk, AFullCacheWritesBackItsOldest) {
  Disk disk(kSize, 2 * kBlock);
  for (unsigned i = 0; i < 3; ++i) disk.write(i * kBlock, filled(kBlock, 7));
  EXPECT_EQ(disk.written_back(), 1u);
  EXPECT_EQ(disk.pending_bytes(), 2 * kBlock);
  cut(disk, CutMode::kDrop);
  EXPECT_EQ(content(disk, 0, kBlock), filled(kBlock, 7));
  EXPECT_EQ(content(disk, kBlock, kBlock), filled(kBlock, 0));
}

TEST(Disk, AFlippedBitIsOnTheMedium) {
  Disk disk(kSize, kUnbounded);
  disk.flip_bit(5, 3);
  cut(disk, CutMode::kDrop);
  EXPECT_EQ(content(disk, 5, 1)[0], std::byte{8});
}

}  // namespace
}  // namespace lapis::faultblk
