// What the kernel says of this process.
#pragma once

#include <cstdint>

namespace lapis::daemon {

struct ProcessStats {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since the Unix epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
};

// Values that cannot be had are 0.
ProcessStats read_process_stats();

}  // namespace lapis::daemon
