// Get Container ACL: GET or HEAD /CONTAINER?restype=container&comp=acl -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_container_acl.h"

namespace lapis::azure {

Result<blob::GetContainerAcl> parse_get_container_acl(const Call& call);
// Errors: kFeatureVersionMismatch where a policy has permissions that the version does not know.
Result<http::Response> render_get_container_acl(const Call& call,
                                                const blob::ContainerProperties& result);

}  // namespace lapis::azure
