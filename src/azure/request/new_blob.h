// What every operation takes that makes a whole block blob at once, whatever its bytes come from.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::azure {

// Which blob, its metadata, tags, tier and protection, the conditions and the lease. Errors: those
// of each header.
Result<blob::PutBlob> parse_new_blob(const Call& call);

}  // namespace lapis::azure
