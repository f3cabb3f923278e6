// The coldest move first, and what a run of the tierer costs grows with what moves: not with what
// is stored, and not with what has moved before.
#include "budget/aged_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace lapis::test {
namespace {

constexpr std::uint64_t kRun = 2'000;       // chunks that a measured run demotes
constexpr std::uint64_t kBefore = 100'000;  // and that have gone before a later one, at most
constexpr std::size_t kLooks = 100;         // chunks of each pool that are looked at afterwards

// What a run may cost for each chunk that it moves, and how much more beside a larger store.
constexpr double kMostRows = 20;
constexpr double kMostReads = 0.75;  // of extents: neighbours in one
constexpr double kMostReadBytes = 8 * AgedStore::kFrameBytes;
constexpr double kMostWrittenBytes = 3 * AgedStore::kFrameBytes;
constexpr double kMostGrowth = 1.5;

// How many are stored in the largest of the stores: docs/testing.md.
std::uint64_t most_chunks() {
  if (const char* const asked = std::getenv("LAPIS_AGED_CHUNKS")) {
    return std::strtoull(asked, nullptr, 10);
  }
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return 30'000;
#else
  return 100'000;
#endif
}

void print_head() {
  std::printf(
      "| stored | moved before | demoted | compacted | rows read | seeks | steps | skipped | "
      "transactions | extent reads | extents read | extents written | devices read | "
      "devices written |\n"
      "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: "
      "| ---: |\n");
}

void print(std::uint64_t stored, std::uint64_t before, const RunCost& cost) {
  for (const std::uint64_t count :
       {stored, before, cost.demoted, cost.moved - cost.demoted, cost.rows_read, cost.seeks,
        cost.steps, cost.skipped, cost.transactions, cost.extent_reads}) {
    std::printf("| %ju ", static_cast<std::uintmax_t>(count));
  }
  for (const std::uint64_t bytes :
       {cost.extent_read_bytes, cost.extent_written_bytes, cost.device.read, cost.device.written}) {
    std::printf("| %.1f MiB ", static_cast<double>(bytes) / (1 << 20));
  }
  std::printf("|\n");
  std::fflush(stdout);
}

double each(std::uint64_t sum, const RunCost& cost) {
  return static_cast<double>(sum) / static_cast<double>(cost.moved);
}

void expect_cheap(const RunCost& cost) {
  EXPECT_LE(each(cost.rows_touched(), cost), kMostRows);
  EXPECT_LE(each(cost.extent_reads, cost), kMostReads);
  EXPECT_LE(each(cost.extent_read_bytes, cost), kMostReadBytes);
  EXPECT_LE(each(cost.extent_written_bytes, cost), kMostWrittenBytes);
}

// Each chunk is where its last use says: by the index, and some by their rows.
void expect_coldest_went(AgedStore& store, std::uint64_t demoted) {
  std::vector<std::size_t> order(store.chunks().size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::pair(store.chunks()[i].hour, store.chunks()[i].id);
  });
  const auto expect_same = [&](const std::vector<storage::ColdChunk>& index, std::size_t first) {
    for (std::size_t i = 0; i < index.size(); ++i) {
      const AgedStore::Aged& chunk = store.chunks()[order[first + i]];
      ASSERT_EQ(index[i].id, chunk.id) << "at " << first + i;
      ASSERT_EQ(index[i].hour, chunk.hour);
    }
  };
  const auto on_disk = store.on_disk();
  const auto on_flash = store.on_flash();
  ASSERT_EQ(on_disk.size(), demoted);
  ASSERT_EQ(on_disk.size() + on_flash.size(), order.size());
  expect_same(on_disk, 0);
  expect_same(on_flash, demoted);
  for (std::size_t i = 0; i < kLooks; ++i) {
    EXPECT_EQ(store.path_of(order[demoted * i / kLooks]), 1u);
    EXPECT_EQ(store.path_of(order[demoted + on_flash.size() * i / kLooks]), 0u);
  }
}

// The last look: what is read is not cold any more.
void expect_whole(AgedStore& store) {
  for (std::size_t i = 0; i < 2 * kLooks; ++i) {
    const std::size_t chunk = store.chunks().size() * i / (2 * kLooks);
    EXPECT_EQ(store.read(chunk), store.body(chunk)) << chunk;
  }
}

struct Costs {
  RunCost first;
  RunCost later;  // after a quarter of all, or kBefore, has moved
};

Costs costs_of(std::uint64_t stored) {
  AgedStore store(stored);
  store.fill();
  Costs costs;
  costs.first = store.demote(kRun);
  print(stored, 0, costs.first);
  expect_coldest_went(store, costs.first.demoted);
  std::uint64_t demoted = costs.first.demoted + store.demote(std::min(stored / 4, kBefore)).demoted;
  costs.later = store.demote(kRun);
  print(stored, demoted, costs.later);
  expect_coldest_went(store, demoted + costs.later.demoted);
  expect_whole(store);
  for (const RunCost* const run : {&costs.first, &costs.later}) expect_cheap(*run);
  return costs;
}

TEST(AgedStore, ARunCostsWhatItMoves) {
  print_head();
  std::set<std::uint64_t> sizes{10'000, std::min<std::uint64_t>(most_chunks(), 100'000),
                                most_chunks()};
  const Costs small = costs_of(*sizes.begin());
  sizes.erase(sizes.begin());
  for (const std::uint64_t stored : sizes) {
    SCOPED_TRACE(stored);
    const Costs costs = costs_of(stored);
    for (const RunCost* const run : {&costs.first, &costs.later}) {
      // About so many: the pool's size, of which the watermarks are shares, varies by extents.
      EXPECT_GE(run->demoted, kRun / 2);
      EXPECT_LE(run->demoted, 2 * kRun);
      EXPECT_LE(each(run->rows_touched(), *run),
                kMostGrowth * each(small.first.rows_touched(), small.first));
    }
  }
}

}  // namespace
}  // namespace lapis::test
