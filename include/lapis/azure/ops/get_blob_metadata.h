// Get Blob Metadata: GET or HEAD /CONTAINER/BLOB?comp=metadata -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob_metadata.h"

namespace lapis::azure {

Result<blob::GetBlobMetadata> parse_get_blob_metadata(const Call& call);
http::Response render_get_blob_metadata(const Call& call,
                                        const blob::GetBlobMetadataResult& result);

}  // namespace lapis::azure
