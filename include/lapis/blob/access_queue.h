// AccessQueue: what was read, and when, until its time of last access is written. A read notes it
// here and never waits for a write; background work takes it all from time to time
// (lapis/blob/access_times.h).
//
// In memory, and bounded: what does not fit is dropped and counted, and noted again by the next
// read of the blob, as its record is old still. So it is with what a crash loses.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "lapis/base/clock.h"
#include "lapis/base/ids.h"

namespace lapis::blob {

// One state of a blob: whatever changes it gives it another ETag. A version keeps its id when it
// stops being the blob.
struct AccessedState {
  ContainerId container;
  std::string name;
  std::optional<Timestamp> snapshot;
  std::optional<Timestamp> version;
  std::uint64_t etag = 0;
  friend auto operator<=>(const AccessedState&, const AccessedState&) = default;
};

// With the first read of each, by container.
using Accesses = std::map<AccessedState, Timestamp>;

// One for all services over a store; thread-safe.
class AccessQueue {
 public:
  // Over 100,000 names of ordinary length.
  static constexpr std::size_t kMostBytes = 16u << 20;

  explicit AccessQueue(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}
  AccessQueue(const AccessQueue&) = delete;
  AccessQueue& operator=(const AccessQueue&) = delete;

  // Takes a lock for the time of a look-up: to be called once a day and state, and not for each
  // read. Of two reads of a state the first counts.
  void note(AccessedState state, Timestamp at);
  // All that was noted, which leaves it empty.
  Accesses take();

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  const std::size_t most_bytes_;
  std::mutex mutex_;  // guards the next two
  Accesses noted_;
  std::size_t bytes_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace lapis::blob
