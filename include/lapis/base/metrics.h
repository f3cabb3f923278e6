// Metric primitives: counters and histograms that one thread writes, with plain loads and stores,
// and any thread may read while it does. What several threads count is kept once for each and
// merged when it is read. How they are named and shown is not theirs.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lapis {

// One writer, any number of readers.
class Counter {
 public:
  void add(std::uint64_t n = 1) {
    // Not fetch_add: with one writer the locked instruction buys nothing.
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// The upper bounds of a histogram's buckets, ascending and inclusive; one more bucket is above all.
template <std::size_t N>
using HistogramBounds = std::array<std::uint64_t, N>;

// Of durations in nanoseconds: ten microseconds to a minute in steps of 1, 2 and 5.
inline constexpr HistogramBounds<21> kLatencyBounds = {
    10'000,         20'000,         50'000,        100'000,       200'000,       500'000,
    1'000'000,      2'000'000,      5'000'000,     10'000'000,    20'000'000,    50'000'000,
    100'000'000,    200'000'000,    500'000'000,   1'000'000'000, 2'000'000'000, 5'000'000'000,
    10'000'000'000, 30'000'000'000, 60'000'000'000};
// Of how many things were done together.
inline constexpr HistogramBounds<11> kBatchBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

// What a histogram held when it was read; several of the same bounds add up.
struct HistogramSnapshot {
  std::span<const std::uint64_t> bounds;
  std::vector<std::uint64_t> counts;  // of each bucket, not cumulative; the last is above all
  std::uint64_t sum = 0;

  std::uint64_t count() const;
  // `other` is of the same bounds; an empty snapshot takes over those of the other.
  void merge(const HistogramSnapshot& other);
};

// One writer, any number of readers. `kBounds` outlives it: a constant of the program.
template <const auto& kBounds>
class Histogram {
 public:
  static constexpr std::size_t kBuckets = kBounds.size() + 1;

  void record(std::uint64_t value) {
    const auto at = std::lower_bound(kBounds.begin(), kBounds.end(), value) - kBounds.begin();
    counts_[static_cast<std::size_t>(at)].add();
    sum_.add(value);
  }

  // Of a writer that runs meanwhile the sum may be a value ahead of, or behind, the counts.
  HistogramSnapshot snapshot() const {
    HistogramSnapshot shot{kBounds, {}, sum_.value()};
    shot.counts.reserve(kBuckets);
    for (const Counter& count : counts_) shot.counts.push_back(count.value());
    return shot;
  }

 private:
  std::array<Counter, kBuckets> counts_;
  Counter sum_;
};

using LatencyHistogram = Histogram<kLatencyBounds>;
using BatchHistogram = Histogram<kBatchBounds>;

}  // namespace lapis
