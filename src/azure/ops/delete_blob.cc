#include "lapis/azure/ops/delete_blob.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kTellsPermanent = 20170729;

// Of a snapshot it makes no sense.
Result<blob::SnapshotDeletion> parse_snapshots(const http::Headers& headers, bool of_snapshot) {
  constexpr std::string_view kName = "x-ms-delete-snapshots";
  const std::string_view value = headers.get(kName);
  if (value.empty()) return blob::SnapshotDeletion::kNone;
  if (!of_snapshot && http::iequals(value, "include")) return blob::SnapshotDeletion::kInclude;
  if (!of_snapshot && http::iequals(value, "only")) return blob::SnapshotDeletion::kOnly;
  return fail(invalid_header(kName, value));
}

}  // namespace

Result<blob::DeleteBlob> parse_delete_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::DeleteBlob request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(request.snapshots, parse_snapshots(headers, request.key.snapshot.has_value()));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_delete_blob(const Call& call, const blob::DeleteBlobResult&) {
  http::Response response;
  response.status = 202;
  if (call.at_least(kTellsPermanent)) response.headers.add("x-ms-delete-type-permanent", "true");
  return response;
}

}  // namespace lapis::azure
