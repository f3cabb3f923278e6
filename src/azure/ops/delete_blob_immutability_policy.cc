#include "lapis/azure/ops/delete_blob_immutability_policy.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/protection.h"

namespace lapis::azure {

Result<blob::DeleteBlobImmutabilityPolicy> parse_delete_blob_immutability_policy(const Call& call) {
  if (!call.at_least(kImmutability)) {
    return fail(invalid_parameter("comp", "immutabilityPolicies", ""));
  }
  blob::DeleteBlobImmutabilityPolicy request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY_VOID(refuse_conditions(call));
  return request;
}

http::Response render_delete_blob_immutability_policy(const Call&) { return {}; }

}  // namespace lapis::azure
