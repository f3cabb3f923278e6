// Copy Blob: the request as it was sent, and its answer.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/copy_blob.h"

namespace lapis::azure {

// `by_key`: the account's key signs the request, and covers a source in the same account.
Result<blob::CopyBlob> parse_copy_blob(const Call& call, bool by_key);
http::Response render_copy_blob(const Call& call, const blob::CopyBlobResult& result);

}  // namespace lapis::azure
