// Lease Blob: PUT /CONTAINER/BLOB?comp=lease -> 201 (acquire), 200, 202 (break).
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/lease_blob.h"

namespace lapis::azure {

Result<blob::LeaseBlob> parse_lease_blob(const Call& call);

}  // namespace lapis::azure
