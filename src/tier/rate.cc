#include "tier/rate.h"

#include <algorithm>

namespace lapis::tier {
namespace {

// Moving makes way when an operation takes this many times what is usual, and a millisecond more:
// one that takes microseconds varies by more than that by itself.
constexpr double kSlower = 2.0;
constexpr double kGrace = 1e6;   // nanoseconds
constexpr double kWeight = 0.2;  // of the newest in what is usual
// Not so much at once that the next waits long.
constexpr std::chrono::milliseconds kBurst{50};

}  // namespace

void Rate::set_budget(std::uint64_t bytes_per_second, std::uint64_t operations_per_second) {
  operations_ = operations_per_second;
  budget_ = bytes_per_second == 0 ? kMost : std::min(bytes_per_second, kMost);
  limit_ = std::min(limit_, budget_);
}

std::optional<Instant::duration> Rate::admit(Instant now, std::uint64_t bytes) {
  if (free_at_ > now + kBurst) return free_at_ - now - kBurst;
  std::chrono::duration<double> takes(static_cast<double>(bytes) / static_cast<double>(limit_));
  // What is admitted at once is read and written at once.
  if (operations_ != 0) {
    takes = std::max(takes, std::chrono::duration<double>(2.0 / static_cast<double>(operations_)));
  }
  free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<Instant::duration>(takes);
  return std::nullopt;
}

void Rate::observe(Instant now, const storage::DiskWaits& waits, bool is_moving) {
  if (now - observed_at_ < kWindow) return;
  observed_at_ = now;
  const std::uint64_t operations = waits.operations - observed_.operations;
  const std::uint64_t nanoseconds = waits.nanoseconds - observed_.nanoseconds;
  observed_ = waits;
  const std::uint64_t least = std::min(least_, budget_);
  if (operations == 0) {  // nobody is in the way
    limit_ = std::min(budget_, std::max(limit_ * 2, least));
    return;
  }
  const double mean = static_cast<double>(nanoseconds) / static_cast<double>(operations);
  if (!is_moving || usual_ == 0 || mean < usual_) {
    usual_ = usual_ == 0 ? mean : (1 - kWeight) * usual_ + kWeight * mean;
  }
  if (is_moving && mean > kSlower * usual_ + kGrace) {
    limit_ = std::max(std::min(limit_, Rate::kMost / 8) / 2, least);
  } else {
    limit_ = std::clamp(limit_ + limit_ / 8, least, budget_);
  }
}

}  // namespace lapis::tier
