// Undelete Blob: PUT /CONTAINER/BLOB?comp=undelete -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/undelete_blob.h"

namespace lapis::azure {

// Errors: kInvalidQueryParameterValue before the version that knows it.
Result<blob::UndeleteBlob> parse_undelete_blob(const Call& call);
http::Response render_undelete_blob(const Call& call);

}  // namespace lapis::azure
