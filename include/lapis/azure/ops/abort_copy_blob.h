// Abort Copy Blob: the request as it was sent. PUT /CONTAINER/BLOB?comp=copy&copyid=ID
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/abort_copy_blob.h"

namespace lapis::azure {

// Errors: kInvalidQueryParameterValue (a `copyid` that is no GUID, `comp` before copies could be
// pending), kMissingRequiredQueryParameter, kMissingRequiredHeader and kInvalidHeaderValue (another
// action than abort).
Result<blob::AbortCopyBlob> parse_abort_copy_blob(const Call& call);

http::Response render_abort_copy_blob();

}  // namespace lapis::azure
