// Set Blob Metadata: PUT /CONTAINER/BLOB?comp=metadata -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_metadata.h"

namespace lapis::azure {

Result<blob::SetBlobMetadata> parse_set_blob_metadata(const Call& call);
http::Response render_set_blob_metadata(const Call& call,
                                        const blob::SetBlobMetadataResult& result);

}  // namespace lapis::azure
