#include "lapis/azure/ops/set_blob_legal_hold.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/protection.h"

namespace lapis::azure {

Result<blob::SetBlobLegalHold> parse_set_blob_legal_hold(const Call& call) {
  if (!call.at_least(kLegalHolds)) return fail(invalid_parameter("comp", "legalhold", ""));
  blob::SetBlobLegalHold request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(const auto hold, parse_legal_hold(call.request.headers));
  if (!hold) return fail(missing_header(kLegalHold));
  request.hold = *hold;
  LAPIS_TRY_VOID(refuse_conditions(call));
  return request;
}

http::Response render_set_blob_legal_hold(const Call&, bool hold) {
  http::Response response;
  response.headers.add(kLegalHold, hold ? "true" : "false");
  return response;
}

}  // namespace lapis::azure
