// What a whole node costs, counted from outside: calls into libc (this program's own fdatasync and
// operator new stand before everybody's), and the kernel's record of which threads were woken.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lapis::daemon {

// Calls of fdatasync and fsync by anybody in the process: RocksDB's, since extents are synced
// through the ring.
std::uint64_t libc_syncs();

// Bytes asked of operator new on threads whose name begins with `prefix`, while counting.
void start_counting_allocations(const char* prefix);
struct Allocations {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};
Allocations stop_counting_allocations();

// How often each thread has gone to sleep of its own will, by thread name (summed over equal
// names): a thread that work crosses to sleeps at least once more for it.
std::map<std::string, std::uint64_t> voluntary_switches();

// What the process has made block devices read and write so far, page cache and RocksDB's
// compactions included.
struct DeviceBytes {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
};
DeviceBytes device_bytes();

}  // namespace lapis::daemon
