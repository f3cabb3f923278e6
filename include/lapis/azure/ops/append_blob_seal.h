// Append Blob Seal: PUT /CONTAINER/BLOB?comp=seal -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/append_blob_seal.h"

namespace lapis::azure {

Result<blob::AppendBlobSeal> parse_append_blob_seal(const Call& call);
http::Response render_append_blob_seal(const Call& call, const blob::AppendBlobSealResult& result);

}  // namespace lapis::azure
