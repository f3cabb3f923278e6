#include "lapis/blob/recent_reads.h"

#include <algorithm>

#include "lapis/base/crc64.h"

namespace lapis::blob {

// The checksum of the name tells names apart; the rest (of splitmix64) spreads what is alike over
// all bits, as both halves are used.
std::uint64_t hash_of(ContainerId container, std::string_view name) {
  std::uint64_t hash = crc64(as_bytes(name)) + container.value * 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

std::chrono::seconds RecentReads::idle(std::uint64_t blob, Instant now) const {
  const Seconds read = std::min(first(blob).load(std::memory_order_relaxed),
                                second(blob).load(std::memory_order_relaxed));
  const Seconds at = seconds_of(now);
  return std::chrono::seconds(at < read ? 0 : at - read);
}

}  // namespace lapis::blob
