// Delete Blob: DELETE /CONTAINER/BLOB -> 202
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/delete_blob.h"

namespace lapis::azure {

Result<blob::DeleteBlob> parse_delete_blob(const Call& call);
http::Response render_delete_blob(const Call& call, const blob::DeleteBlobResult& result);

}  // namespace lapis::azure
