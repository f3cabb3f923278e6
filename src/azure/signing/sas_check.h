// Authentication by a SAS: who signed it, and whether it holds now, here and for this resource.
// What it permits is for the gate to decide.
#pragma once

#include <string_view>

#include "azure/sas_fields.h"
#include "azure/signing/keys.h"
#include "lapis/azure/call.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// How the detail of a signature begins that is good, but not now.
inline constexpr std::string_view kOutOfTime = "Signature not valid in the specified time frame";

// `keys` as for check_shared_key. Errors: kAuthenticationFailed with AuthenticationErrorDetail,
// kAuthorizationProtocolMismatch, kAuthorizationSourceIPMismatch.
Result<void> check_sas(const Call& call, const SasFields& sas, SigningKeys* keys, Timestamp now);

}  // namespace lapis::azure
