// Delete Blob Immutability Policy: DELETE /CONTAINER/BLOB?comp=immutabilityPolicies -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/delete_blob_immutability_policy.h"

namespace lapis::azure {

Result<blob::DeleteBlobImmutabilityPolicy> parse_delete_blob_immutability_policy(const Call& call);
http::Response render_delete_blob_immutability_policy(const Call& call);

}  // namespace lapis::azure
