#include "azure/ops/lease_state.h"

#include <string>
#include <string_view>

#include "azure/ops/response_headers.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

using Kind = blob::LeaseAction::Kind;

constexpr std::uint32_t kLeaseStates = 20120212;
constexpr std::uint32_t kEtagOfLeases = 20130815;

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

int status_of(Kind kind) {
  if (kind == Kind::kAcquire) return 201;
  return kind == Kind::kBreak ? 202 : 200;
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

http::Response render_lease_action(const Call& call, const blob::LeaseAction& action,
                                   const blob::LeaseActionResult& result) {
  http::Response response;
  response.status = status_of(action.kind);
  http::Headers& headers = response.headers;
  if (call.at_least(kEtagOfLeases)) headers.add("ETag", result.etag.quoted());
  headers.add("Last-Modified", http_date_text(result.last_modified));
  if (action.kind == Kind::kBreak) {
    headers.add("x-ms-lease-time", std::to_string(result.left.count()));
  } else if (action.kind != Kind::kRelease) {
    headers.add("x-ms-lease-id", result.id.text());
  }
  return response;
}

}  // namespace lapis::azure
