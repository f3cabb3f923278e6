// What the load generator is to do: read from a JSON file that tests/bench/plans.py writes. All
// that is to be known of the service (addresses, signatures, bodies) is in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lapis::bench {

// Where this stands in a head, each request gets a number of its own, as wide as this.
inline constexpr std::string_view kSerialMark = "SERIALSERIAL";

struct Plan {
  std::string host;
  std::uint16_t port = 0;
  unsigned connections = 1;
  std::vector<std::string> heads;  // whole request heads, with the empty line
  std::string body;                // follows every head
  bool random_order = false;       // else the heads are taken in turn
  std::uint64_t first_serial = 0;
  std::uint64_t max_requests = 0;  // 0: as many as the time allows
  double warmup_seconds = 0;       // before anything is counted
  double seconds = 0;              // then no request is begun; those under way are awaited
  double stall_seconds = 120;      // without any progress: give up
  int expected_status = 200;
  std::vector<int> cores;      // whose use is to be told
  std::vector<int> processes;  // likewise
};

// Exits with a message where the file cannot be read or does not make sense.
Plan read_plan(const std::string& path);

}  // namespace lapis::bench
