// What Lease Blob and Lease Container ask for, and what they answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "lapis/blob/types.h"

namespace lapis::blob {

struct LeaseAction {
  enum class Kind : std::uint8_t { kAcquire, kRenew, kChange, kRelease, kBreak };
  Kind kind;
  LeaseId id;                                        // renew, change, release: whose lease it is
  std::optional<LeaseId> proposed;                   // acquire: nothing has one made; change
  std::optional<std::chrono::seconds> duration;      // acquire: nothing is without end
  std::optional<std::chrono::seconds> break_period;  // break
};

struct LeaseActionResult {
  Etag etag;  // as they were: no action on a lease changes them
  Timestamp last_modified;
  LeaseId id;                   // acquire, renew, change
  std::chrono::seconds left{};  // break: until it is broken
};

}  // namespace lapis::blob
