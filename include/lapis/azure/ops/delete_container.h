// Delete Container: DELETE /CONTAINER?restype=container -> 202
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/delete_container.h"

namespace lapis::azure {

Result<blob::DeleteContainer> parse_delete_container(const Call& call);
http::Response render_delete_container(const Call& call, const blob::DeleteContainerResult& result);

}  // namespace lapis::azure
