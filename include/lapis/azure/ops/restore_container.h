// Restore Container: PUT /CONTAINER?restype=container&comp=undelete -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/restore_container.h"

namespace lapis::azure {

// Errors: kInvalidQueryParameterValue before the version that knows it, kMissingRequiredHeader,
// kInvalidHeaderValue for a version that is none, kInvalidResourceName.
Result<blob::RestoreContainer> parse_restore_container(const Call& call);
http::Response render_restore_container(const Call& call);

}  // namespace lapis::azure
