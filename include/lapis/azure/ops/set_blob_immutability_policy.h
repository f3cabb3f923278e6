// Set Blob Immutability Policy: PUT /CONTAINER/BLOB?comp=immutabilityPolicies -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_immutability_policy.h"

namespace lapis::azure {

Result<blob::SetBlobImmutabilityPolicy> parse_set_blob_immutability_policy(const Call& call);
http::Response render_set_blob_immutability_policy(const Call& call,
                                                   const blob::ImmutabilityPolicy& policy);

}  // namespace lapis::azure
