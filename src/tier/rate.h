// Rate: how fast the background may move bytes: as fast as it is allowed to, and slower as soon as
// requests wait longer for disks than they do by themselves.
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/base/clock.h"
#include "lapis/storage/local_chunk_store.h"

namespace lapis::tier {

// Pure: time and waits come from the caller. Used on one shard.
class Rate {
 public:
  // Bytes a second that are moved however slow requests are, where nothing else is said.
  static constexpr std::uint64_t kLeast = 16ull << 20;
  static constexpr std::uint64_t kMost = 8ull << 30;

  // What a pool's policy allows, from now on; 0: no limit.
  void set_budget(std::uint64_t bytes_per_second, std::uint64_t operations_per_second);

  // What is moved however slow requests are.
  void set_least(std::uint64_t bytes_per_second) { least_ = bytes_per_second; }

  // How long the next `bytes` have to wait; nothing where they may go, and are counted.
  std::optional<Instant::duration> admit(Instant now, std::uint64_t bytes);

  // What requests have waited so far: looked at every 100 ms while something moves, and while
  // nothing does, to know what is usual.
  void observe(Instant now, const storage::DiskWaits& waits, bool is_moving);

  std::uint64_t limit() const { return limit_; }

 private:
  static constexpr std::chrono::milliseconds kWindow{100};

  std::uint64_t budget_ = kMost;
  std::uint64_t operations_ = 0;  // a second; 0: no limit
  std::uint64_t limit_ = kMost;
  std::uint64_t least_ = kLeast;
  // Bytes that are owed to time: the next may go when this is past.
  Instant free_at_{};
  Instant observed_at_{};
  storage::DiskWaits observed_;
  double usual_ = 0;  // nanoseconds an operation waits while nothing moves; 0: not known
};

}  // namespace lapis::tier
