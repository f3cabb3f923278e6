#include "lapis/azure/ops/delete_blob.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kDeletesStaged = 20130815;
constexpr std::uint32_t kTellsPermanent = 20170729;

// Of a snapshot or a version it makes no sense.
Result<blob::SnapshotDeletion> parse_snapshots(const http::Headers& headers, bool of_past) {
  constexpr std::string_view kName = "x-ms-delete-snapshots";
  const std::string_view value = headers.get(kName);
  if (value.empty()) return blob::SnapshotDeletion::kNone;
  if (!of_past && http::iequals(value, "include")) return blob::SnapshotDeletion::kInclude;
  if (!of_past && http::iequals(value, "only")) return blob::SnapshotDeletion::kOnly;
  return fail(invalid_header(kName, value));
}

// Nothing but a snapshot or a version goes for good by being asked to.
Result<bool> parse_type(const Call& call, const blob::BlobKey& key) {
  constexpr std::string_view kName = "deletetype";
  const std::string_view value = call.target.query.get(kName);
  if (value.empty()) return false;
  if (!asks_permanently(call)) return fail(unsupported_parameter(kName));
  if (!http::iequals(value, "permanent")) return fail(invalid_parameter(kName, value, ""));
  if (key.snapshot || key.version) return true;
  return fail(ErrorCode::kBlobOperationNotSupported, "neither a snapshot nor a version");
}

// Of other versions they are refused (header_rules.h). Empty headers count as absent.
Result<blob::TierConditions> parse_tier(const http::Headers& headers) {
  blob::TierConditions conditions;
  const auto parse = [&headers](std::string_view name) -> Result<std::optional<Timestamp>> {
    if (headers.get(name).empty()) return std::nullopt;
    return parse_date(headers, name);
  };
  LAPIS_TRY(conditions.if_modified_since, parse("x-ms-access-tier-if-modified-since"));
  LAPIS_TRY(conditions.if_unmodified_since, parse("x-ms-access-tier-if-unmodified-since"));
  return conditions;
}

// Whoever names a state, though by nothing, does not mean the blob itself.
Result<void> check_named(const Call& call) {
  for (const std::string_view name : {"snapshot", "versionid"}) {
    const std::string_view* value = call.target.query.find(name);
    if (value != nullptr && value->empty()) {
      return fail(invalid_parameter(name, *value, "It must not be empty."));
    }
  }
  return {};
}

}  // namespace

Result<blob::DeleteBlob> parse_delete_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::DeleteBlob request;
  LAPIS_TRY_VOID(check_named(call));
  LAPIS_TRY(request.key, state_key(call));
  const bool of_past = request.key.snapshot || request.key.version;
  LAPIS_TRY(request.snapshots, parse_snapshots(headers, of_past));
  LAPIS_TRY(request.permanently, parse_type(call, request.key));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.tier, parse_tier(headers));
  LAPIS_TRY(request.lease, parse_lease(headers));
  request.staged_too = call.at_least(kDeletesStaged);
  return request;
}

http::Response render_delete_blob(const Call& call, const blob::DeleteBlobResult& result) {
  http::Response response;
  response.status = 202;
  if (call.at_least(kTellsPermanent)) {
    response.headers.add("x-ms-delete-type-permanent", result.is_permanent ? "true" : "false");
  }
  return response;
}

}  // namespace lapis::azure
