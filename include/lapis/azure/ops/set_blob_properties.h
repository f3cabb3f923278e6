// Set Blob Properties: PUT /CONTAINER/BLOB?comp=properties -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_properties.h"

namespace lapis::azure {

Result<blob::SetBlobProperties> parse_set_blob_properties(const Call& call);
http::Response render_set_blob_properties(const Call& call,
                                          const blob::SetBlobPropertiesResult& result);

}  // namespace lapis::azure
