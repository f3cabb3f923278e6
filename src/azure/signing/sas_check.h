// Authentication by a SAS: who signed it, and whether it holds now, here and for this resource.
// What it permits is for the gate to decide.
#pragma once

#include <string_view>

#include "azure/sas_fields.h"
#include "azure/signing/keys.h"
#include "lapis/azure/call.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/blob/container_access.h"

namespace lapis::azure {

// How the detail of a signature begins that is good, but not now.
inline constexpr std::string_view kOutOfTime = "Signature not valid in the specified time frame";

// That the signature is good and may be used at this level of resource. `keys` as for
// check_shared_key. Errors: kAuthenticationFailed with AuthenticationErrorDetail.
Result<void> check_signed(const Call& call, const SasFields& sas, SigningKeys* keys);

// That it holds now, over this connection. Errors: kAuthenticationFailed,
// kAuthorizationProtocolMismatch, kAuthorizationSourceIPMismatch.
Result<void> check_holds(const Call& call, const SasFields& sas, Timestamp now);

// Takes over what the stored access policy that `sas` names gives it; null: there is no such one.
// `sas` borrows from `policy`. Errors: kAuthenticationFailed, also for what both give, or neither.
Result<void> apply_policy(SasFields& sas, const blob::StoredPolicy* policy);

}  // namespace lapis::azure
