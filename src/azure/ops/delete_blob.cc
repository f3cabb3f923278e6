#include "lapis/azure/ops/delete_blob.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kTellsPermanent = 20170729;

// "include" means the blob and its snapshots: there are none. "only" means to keep the blob, which
// must not be passed over.
Result<void> check_snapshots(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-delete-snapshots";
  const std::string_view value = headers.get(kName);
  if (value.empty() || http::iequals(value, "include")) return {};
  return fail(http::iequals(value, "only") ? unsupported_header(kName)
                                           : invalid_header(kName, value));
}

}  // namespace

Result<blob::DeleteBlob> parse_delete_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY_VOID(check_snapshots(headers));
  blob::DeleteBlob request;
  request.key = blob_key(call);
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
