// What Lease Blob and Lease Container answer: 201 (acquire), 200, 202 (break).
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/lease_action.h"

namespace lapis::azure {

http::Response render_lease_action(const Call& call, const blob::LeaseAction& action,
                                   const blob::LeaseActionResult& result);

}  // namespace lapis::azure
