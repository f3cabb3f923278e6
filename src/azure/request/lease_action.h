// The x-ms-lease-* headers of Lease Blob and Lease Container.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/lease_action.h"

namespace lapis::azure {

// Before 2012-02-12 a lease lasts a minute, has no id of its client's choice, and cannot be
// changed; what later versions say about that is passed over. Errors: kMissingRequiredHeader,
// kInvalidHeaderValue (an unknown action, an id that is no GUID, a duration that is neither -1 nor
// 15 to 60 seconds, a break period of more than 60).
Result<blob::LeaseAction> parse_lease_action(const Call& call);

}  // namespace lapis::azure
