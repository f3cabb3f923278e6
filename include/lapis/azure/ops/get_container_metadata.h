// Get Container Metadata: GET or HEAD /CONTAINER?restype=container&comp=metadata -> 200.
// Shows a part of what Get Container Properties does, and asks the same of blob.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_container_properties.h"

namespace lapis::azure {

Result<blob::GetContainerProperties> parse_get_container_metadata(const Call& call);
http::Response render_get_container_metadata(const Call& call,
                                             const blob::ContainerProperties& result);

}  // namespace lapis::azure
