#include "lapis/base/metrics.h"

#include <numeric>

#include "lapis/base/check.h"

namespace lapis {

std::uint64_t HistogramSnapshot::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void HistogramSnapshot::merge(const HistogramSnapshot& other) {
  if (other.counts.empty()) return;
  if (counts.empty()) {
    *this = other;
    return;
  }
  LAPIS_CHECK(std::ranges::equal(bounds, other.bounds));
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
}

}  // namespace lapis
