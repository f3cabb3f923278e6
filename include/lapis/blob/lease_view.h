// What clients are shown of a lease, at a moment.
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/blob/service_clock.h"
#include "lapis/blob/types.h"

namespace lapis::blob {

enum class LeaseState : std::uint8_t { kAvailable, kLeased, kBreaking, kBroken, kExpired };

// Computed whenever it is asked for, never kept: time alone changes it. The clock is asked only
// where there is a lease.
LeaseState lease_state(const std::optional<Lease>& lease, const ServiceClock& time);

struct LeaseView {
  LeaseState state = LeaseState::kAvailable;
  bool endless = false;  // no duration; of a leased one
  bool is_locked() const { return state == LeaseState::kLeased || state == LeaseState::kBreaking; }
};
LeaseView lease_view(const std::optional<Lease>& lease, const ServiceClock& time);

}  // namespace lapis::blob
