#include "lapis/storage/key_batch.h"

#include <gtest/gtest.h>

#include <map>

#include "lapis/base/random.h"

namespace lapis::storage {
namespace {

struct Entry {
  std::uint32_t group = 0;
  std::uint32_t value = 0;
  std::uint32_t key() const { return group; }
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

struct Sorted {
  std::vector<Entry> entries;
  int passes = 0;
};

Sorted sort_in_passes(const std::vector<Entry>& source, std::size_t limit) {
  Sorted sorted;
  std::optional<std::uint32_t> from = 0;
  while (from) {
    KeyBatch<Entry> batch(*from, limit);
    for (const Entry& entry : source) batch.add(entry);
    const auto& part = batch.sorted();
    for (const Entry& entry : part) {
      EXPECT_GE(entry.group, *from);
      if (batch.end()) EXPECT_LT(entry.group, *batch.end());
    }
    sorted.entries.insert(sorted.entries.end(), part.begin(), part.end());
    from = batch.end();
    ++sorted.passes;
  }
  return sorted;
}

std::vector<Entry> random_entries(std::size_t count, std::uint32_t groups) {
  std::vector<Entry> entries(count);
  for (Entry& entry : entries) {
    entry.group = static_cast<std::uint32_t>(random_u64() % groups);
    entry.value = static_cast<std::uint32_t>(random_u64());
  }
  return entries;
}

TEST(KeyBatch, GivesEveryEntryOnceInOrder) {
  for (const std::uint32_t groups : {1u, 2u, 5u, 100u, 100'000u}) {
    for (const std::size_t limit : {2u, 10u, 128u, 5'000u}) {
      std::vector<Entry> source = random_entries(1'000, groups);
      const Sorted sorted = sort_in_passes(source, limit);
      std::ranges::sort(source);
      EXPECT_EQ(sorted.entries, source) << groups << " groups, " << limit;
    }
  }
}

TEST(KeyBatch, TakesFewPasses) {
  const std::vector<Entry> source = random_entries(10'000, 1'000'000);
  EXPECT_EQ(sort_in_passes(source, 20'000).passes, 1);
  EXPECT_LE(sort_in_passes(source, 1'000).passes, 21);
}

TEST(KeyBatch, HasNothingOfNothing) { EXPECT_EQ(sort_in_passes({}, 10).passes, 1); }

}  // namespace
}  // namespace lapis::storage
