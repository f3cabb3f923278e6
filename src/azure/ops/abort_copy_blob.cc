#include "lapis/azure/ops/abort_copy_blob.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/ops/copy_properties.h"
#include "azure/request/common_headers.h"
#include "azure/request/guid.h"

namespace lapis::azure {
namespace {

Result<Guid> parse_copy_id(const Query& query) {
  const std::string_view text = query.get("copyid");
  if (text.empty()) return fail(missing_parameter("copyid"));
  if (const auto id = parse_guid(text)) return *id;
  return fail(invalid_parameter("copyid", text, "copyid needs to be valid Guid."));
}

Result<void> check_action(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-copy-action";
  const std::string_view text = headers.get(kName);
  if (text.empty()) return fail(missing_header(kName));
  if (!http::iequals(text, "abort")) return fail(invalid_header(kName, text));
  return {};
}

}  // namespace

Result<blob::AbortCopyBlob> parse_abort_copy_blob(const Call& call) {
  if (!call.at_least(kTellsCopies)) return fail(invalid_parameter("comp", "copy", ""));
  blob::AbortCopyBlob request;
  LAPIS_TRY(request.copy, parse_copy_id(call.target.query));
  LAPIS_TRY_VOID(check_action(call.request.headers));
  request.key = blob_key(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_abort_copy_blob() {
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace lapis::azure
