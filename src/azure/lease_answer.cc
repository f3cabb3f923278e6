#include "lapis/azure/lease_answer.h"

#include <string>

#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

using Kind = blob::LeaseAction::Kind;

constexpr std::uint32_t kTellsState = 20130815;

int status_of(Kind kind) {
  if (kind == Kind::kAcquire) return 201;
  return kind == Kind::kBreak ? 202 : 200;
}

}  // namespace

http::Response render_lease_action(const Call& call, const blob::LeaseAction& action,
                                   const blob::LeaseActionResult& result) {
  http::Response response;
  response.status = status_of(action.kind);
  http::Headers& headers = response.headers;
  if (call.at_least(kTellsState)) {
    headers.add("ETag", result.etag.quoted());
    headers.add("Last-Modified", http_date_text(result.last_modified));
  }
  if (action.kind == Kind::kBreak) {
    headers.add("x-ms-lease-time", std::to_string(result.left.count()));
  } else if (action.kind != Kind::kRelease) {
    headers.add("x-ms-lease-id", result.id.text());
  }
  return response;
}

}  // namespace lapis::azure
