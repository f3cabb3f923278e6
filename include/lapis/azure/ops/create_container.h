// Create Container: PUT /CONTAINER?restype=container -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/create_container.h"

namespace lapis::azure {

Result<blob::CreateContainer> parse_create_container(const Call& call);
http::Response render_create_container(const Call& call, const blob::CreateContainerResult& result);

}  // namespace lapis::azure
