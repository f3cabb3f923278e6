// Incremental Copy Blob: the request as it was sent. It is answered as Copy Blob is.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/incremental_copy_blob.h"

namespace lapis::azure {

// `by_key`: the account's key signs the request, and covers a source in the same account.
Result<blob::IncrementalCopyBlob> parse_incremental_copy_blob(const Call& call, bool by_key);

}  // namespace lapis::azure
