// How busy cores and processes were between two readings.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace lapis::bench {

struct CoreTicks {
  std::uint64_t busy = 0;   // of anybody's work
  std::uint64_t irq = 0;    // of it, interrupts and what they left: nobody's in particular
  std::uint64_t steal = 0;  // taken by the host of a virtual machine
  std::uint64_t all = 0;
};

struct Usage {
  std::map<int, CoreTicks> cores;
  std::uint64_t process_ticks = 0;  // of the processes asked for, with all their threads
  double own_seconds = 0;           // of this process
};

// Ticks of the processes that have ended count no more: they must outlive the readings.
Usage read_usage(const std::vector<int>& cores, const std::vector<int>& processes);

double ticks_a_second();

}  // namespace lapis::bench
