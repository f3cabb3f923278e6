// Get Blob Service Properties: GET /?restype=service&comp=properties -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/service_properties.h"

namespace lapis::azure {

http::Response render_get_blob_service_properties(const Call& call,
                                                  const blob::ServiceProperties& result);

}  // namespace lapis::azure
