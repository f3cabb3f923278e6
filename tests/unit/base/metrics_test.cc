#include "lapis/base/metrics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace lapis {
namespace {

TEST(Counter, Adds) {
  Counter counter;
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.value(), 42u);
}

// For ThreadSanitizer: a reader beside the writer, without a lock.
TEST(Counter, IsReadWhileItIsWritten) {
  Counter counter;
  std::thread reader([&] {
    for (std::uint64_t last = 0; last < 100'000;) {
      const std::uint64_t value = counter.value();
      ASSERT_GE(value, last);
      last = value;
    }
  });
  for (int i = 0; i < 100'000; ++i) counter.add();
  reader.join();
}

struct BucketCase {
  const char* name;
  std::uint64_t value;
  std::size_t bucket;
};

class Bucket : public testing::TestWithParam<BucketCase> {};

TEST_P(Bucket, HoldsWhatIsNotAboveItsBound) {
  LatencyHistogram histogram;
  histogram.record(GetParam().value);
  const HistogramSnapshot shot = histogram.snapshot();
  for (std::size_t i = 0; i < shot.counts.size(); ++i) {
    EXPECT_EQ(shot.counts[i], i == GetParam().bucket ? 1u : 0u) << i;
  }
  EXPECT_EQ(shot.sum, GetParam().value);
}

constexpr BucketCase kBuckets[] = {
    {"Zero", 0, 0},
    {"OnTheFirstBound", 10'000, 0},
    {"AboveTheFirstBound", 10'001, 1},
    {"OneSecond", 1'000'000'000, 15},
    {"OnTheLastBound", 60'000'000'000, 20},
    {"AboveAll", 60'000'000'001, 21},
    {"Largest", ~0ull, 21},
};
INSTANTIATE_TEST_SUITE_P(Values, Bucket, testing::ValuesIn(kBuckets),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Bounds, Ascend) {
  EXPECT_TRUE(std::ranges::is_sorted(kLatencyBounds, std::less_equal<>()));
  EXPECT_TRUE(std::ranges::is_sorted(kBatchBounds, std::less_equal<>()));
}

TEST(HistogramSnapshot, MergesBucketByBucket) {
  BatchHistogram one;
  BatchHistogram other;
  for (const std::uint64_t value : {1u, 2u, 2000u}) one.record(value);
  for (const std::uint64_t value : {2u, 3u}) other.record(value);
  HistogramSnapshot total;
  total.merge(one.snapshot());
  total.merge(other.snapshot());
  total.merge(HistogramSnapshot{});
  EXPECT_EQ(total.count(), 5u);
  EXPECT_EQ(total.sum, 2008u);
  EXPECT_EQ(total.counts[0], 1u);
  EXPECT_EQ(total.counts[1], 2u);
  EXPECT_EQ(total.counts[2], 1u);
  EXPECT_EQ(total.counts.back(), 1u);
}

}  // namespace
}  // namespace lapis
