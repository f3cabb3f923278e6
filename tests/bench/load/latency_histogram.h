// Counts durations in buckets whose width is at most 1/32 of the value, so that any quantile is
// known to 3 %, at the price of two shifts a value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace lapis::bench {

class LatencyHistogram {
 public:
  void add(std::uint64_t nanoseconds) {
    ++buckets_[bucket_of(nanoseconds)];
    ++count_;
    total_ += nanoseconds;
    max_ = std::max(max_, nanoseconds);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  std::uint64_t mean() const { return count_ == 0 ? 0 : total_ / count_; }

  // The least value that at least `share` (0..1) of all do not exceed, by the upper end of its
  // bucket, and never above the largest.
  std::uint64_t quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      seen += buckets_[bucket];
      if (seen >= wanted && seen > 0) return std::min(upper_end(bucket), max_);
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 5;  // 32 buckets for each doubling
  static constexpr std::uint64_t kLinear = 1u << (kBits + 1);
  static constexpr std::size_t kBuckets = (64 - kBits) << kBits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < kLinear) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (std::size_t{shift} << kBits) + (value >> shift);
  }

  static std::uint64_t upper_end(std::size_t bucket) {
    if (bucket < kLinear) return bucket;
    const auto shift = (bucket >> kBits) - 1;
    const auto first = bucket - (shift << kBits);
    return ((first + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace lapis::bench
