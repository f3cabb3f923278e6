#include "azure/ops/lease_state.h"

#include <string_view>

#include "azure/ops/response_headers.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kLeaseStates = 20120212;

std::string_view status_text(const blob::LeaseView& lease) {
  return lease.is_locked() ? "locked" : "unlocked";
}

std::string_view state_text(blob::LeaseState state) {
  switch (state) {
    case blob::LeaseState::kLeased:
      return "leased";
    case blob::LeaseState::kBreaking:
      return "breaking";
    case blob::LeaseState::kBroken:
      return "broken";
    case blob::LeaseState::kExpired:
      return "expired";
    case blob::LeaseState::kAvailable:
      break;
  }
  return "available";
}

std::string_view duration_text(const blob::LeaseView& lease) {
  return lease.endless ? "infinite" : "fixed";
}

bool tells_duration(const blob::LeaseView& lease) {
  return lease.state == blob::LeaseState::kLeased;
}

}  // namespace

void add_lease_state(http::Headers& headers, const Call& call, const blob::LeaseView& lease) {
  headers.add("x-ms-lease-status", status_text(lease));
  if (!call.at_least(kLeaseStates)) return;
  headers.add("x-ms-lease-state", state_text(lease.state));
  if (tells_duration(lease)) headers.add("x-ms-lease-duration", duration_text(lease));
}

void write_lease_state(XmlWriter& xml, const Call& call, const blob::LeaseView& lease) {
  xml.plain_element("LeaseStatus", status_text(lease));
  if (!call.at_least(kLeaseStates)) return;
  xml.plain_element("LeaseState", state_text(lease.state));
  if (tells_duration(lease)) xml.plain_element("LeaseDuration", duration_text(lease));
}

}  // namespace lapis::azure
