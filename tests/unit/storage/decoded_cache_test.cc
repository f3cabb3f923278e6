#include "lapis/storage/decoded_cache.h"

#include <gtest/gtest.h>

#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

using Cache = DecodedCache<std::string>;

std::shared_ptr<const std::string> decoded(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// What an entry of `value_bytes` under a key of one letter costs.
constexpr std::uint64_t cost_of(std::uint64_t value_bytes) {
  return value_bytes + 1 + Cache::kEntryBytes;
}

// Room for eight entries of the largest size that is kept.
constexpr std::uint64_t kLargest = 200;
constexpr std::uint64_t kLimit = 8 * cost_of(kLargest);

class DecodedCacheTest : public testing::Test {
 protected:
  void keep(Cache& cache, std::string_view key, std::uint64_t cost) {
    cache.insert(key, meta_.store().version_of(key), decoded(std::string(key)), cost);
  }
  MemoryHarness meta_;
};

TEST_F(DecodedCacheTest, FindsWhatWasInserted) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 10);
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), "a");
  EXPECT_EQ(cache.find("b"), nullptr);
}

TEST_F(DecodedCacheTest, AChangedRowIsNotFound) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 10);
  meta_.put("a", "changed");
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

// The row was read, then changed, then inserted: the number read first tells.
TEST_F(DecodedCacheTest, ARowChangedWhileItWasReadIsNotFound) {
  Cache cache(meta_.store(), kLimit);
  const std::uint64_t version = meta_.store().version_of("a");
  meta_.put("a", "changed");
  cache.insert("a", version, decoded("old"), 10);
  EXPECT_EQ(cache.find("a"), nullptr);
}

TEST_F(DecodedCacheTest, CountsWhatItDoes) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 10);
  keep(cache, "b", 10);
  (void)cache.find("a");
  (void)cache.find("a");
  (void)cache.find("none");
  meta_.put("b", "changed");
  (void)cache.find("b");
  const CacheStats stats = cache.stats();
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.misses, 2u);
  EXPECT_EQ(stats.entries, 1u);
  EXPECT_EQ(stats.bytes, cost_of(10));
}

TEST_F(DecodedCacheTest, AnInsertReplaces) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 100);
  cache.insert("a", meta_.store().version_of("a"), decoded("second"), 50);
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), "second");
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.cost_bytes(), cost_of(50));
}

TEST_F(DecodedCacheTest, TheLeastRecentlyUsedGoFirst) {
  Cache cache(meta_.store(), kLimit);
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) keep(cache, key, kLargest);
  ASSERT_NE(cache.find("a"), nullptr);
  keep(cache, "i", kLargest);
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("i"), nullptr);
  EXPECT_EQ(cache.cost_bytes(), kLimit);
}

// Also where it would replace one that is kept: that one is older.
TEST_F(DecodedCacheTest, AnEntryTooLargeIsNotKept) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 10);
  cache.insert("a", meta_.store().version_of("a"), decoded("large"), kLargest + 1);
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.cost_bytes(), 0u);
}

TEST_F(DecodedCacheTest, AFoundValueOutlivesItsEntry) {
  Cache cache(meta_.store(), kLimit);
  keep(cache, "a", 10);
  const auto found = cache.find("a");
  meta_.put("a", "changed");
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(*found, "a");
}

TEST_F(DecodedCacheTest, NoLimitMeansNoCache) {
  Cache cache(meta_.store(), 0);
  keep(cache, "a", 1);
  EXPECT_EQ(cache.find("a"), nullptr);
}

}  // namespace
}  // namespace lapis::storage
