// Get Blob: GET /CONTAINER/BLOB -> 200 or 206
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob.h"

namespace lapis::azure {

Result<blob::GetBlob> parse_get_blob(const Call& call);
http::Response render_get_blob(const Call& call, blob::GetBlobResult result);

}  // namespace lapis::azure
