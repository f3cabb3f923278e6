// Set Container Metadata: PUT /CONTAINER?restype=container&comp=metadata -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_container_metadata.h"

namespace lapis::azure {

Result<blob::SetContainerMetadata> parse_set_container_metadata(const Call& call);
http::Response render_set_container_metadata(const Call& call,
                                             const blob::SetContainerMetadataResult& result);

}  // namespace lapis::azure
