#include "lapis/azure/ops/set_blob_immutability_policy.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/protection.h"

namespace lapis::azure {

Result<blob::SetBlobImmutabilityPolicy> parse_set_blob_immutability_policy(const Call& call) {
  if (!call.at_least(kImmutability)) {
    return fail(invalid_parameter("comp", "immutabilityPolicies", ""));
  }
  blob::SetBlobImmutabilityPolicy request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(const auto policy, parse_immutability(call.request.headers));
  if (!policy) return fail(missing_header(kImmutableUntil));
  request.policy = *policy;
  LAPIS_TRY(request.conditions, parse_unmodified_since(call));
  return request;
}

http::Response render_set_blob_immutability_policy(const Call&,
                                                   const blob::ImmutabilityPolicy& policy) {
  http::Response response;
  add_immutability(response.headers, policy);
  return response;
}

}  // namespace lapis::azure
