// AccessWriter: writes the times of last access that reads have noted, twice a second, and once
// more at the end, so that a clean stop forgets none.
#pragma once

#include "lapis/base/metrics.h"
#include "lapis/blob/service.h"

namespace lapis::daemon {

// What became of the reads that counted.
struct AccessStats {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;  // there was no room to remember them
};

// Used by one task at a time, but for `totals`.
class AccessWriter {
 public:
  // `service` outlives it.
  explicit AccessWriter(blob::Service& service) : service_(service) {}
  // Writes what there is. What the store refuses is tried again by the next call; the first
  // failure is logged, and that it went well again.
  io::Task<void> step();
  // For any thread.
  AccessStats totals() const;

 private:
  blob::Service& service_;
  Counter written_;
  bool fails_ = false;
};

}  // namespace lapis::daemon
