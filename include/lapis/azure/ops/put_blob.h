// Put Blob: PUT /CONTAINER/BLOB -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::azure {

Result<blob::PutBlob> parse_put_blob(const Call& call);
http::Response render_put_blob(const Call& call, const blob::PutBlobResult& result);

}  // namespace lapis::azure
