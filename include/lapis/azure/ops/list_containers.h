// List Containers: GET /?comp=list -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/list_containers.h"

namespace lapis::azure {

Result<blob::ListContainers> parse_list_containers(const Call& call);
http::Response render_list_containers(const Call& call, const blob::ListContainers& request,
                                      const blob::ListContainersResult& result);

}  // namespace lapis::azure
