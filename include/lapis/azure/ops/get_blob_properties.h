// Get Blob Properties: HEAD /CONTAINER/BLOB -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob_properties.h"

namespace lapis::azure {

Result<blob::GetBlobProperties> parse_get_blob_properties(const Call& call);
http::Response render_get_blob_properties(const Call& call,
                                          const blob::GetBlobPropertiesResult& result);

}  // namespace lapis::azure
