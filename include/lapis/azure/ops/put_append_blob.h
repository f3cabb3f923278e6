// Put Blob of an append blob: PUT /CONTAINER/BLOB with x-ms-blob-type: AppendBlob -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_append_blob.h"

namespace lapis::azure {

Result<blob::PutBlob> parse_put_append_blob(const Call& call);
http::Response render_put_append_blob(const Call& call, const blob::PutBlobResult& result);

}  // namespace lapis::azure
