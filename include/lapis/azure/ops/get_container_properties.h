// Get Container Properties: GET or HEAD /CONTAINER?restype=container -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_container_properties.h"

namespace lapis::azure {

Result<blob::GetContainerProperties> parse_get_container_properties(const Call& call);
http::Response render_get_container_properties(const Call& call,
                                               const blob::GetContainerPropertiesResult& result);

}  // namespace lapis::azure
