// Lease Container: PUT /CONTAINER?restype=container&comp=lease -> 201 (acquire), 200, 202 (break).
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/lease_container.h"

namespace lapis::azure {

Result<blob::LeaseContainer> parse_lease_container(const Call& call);

}  // namespace lapis::azure
