// Get Account Information: GET or HEAD at any level, ?restype=account&comp=properties -> 200.
// Answers without looking at the container or blob, as Azure does.
#pragma once

#include "lapis/azure/call.h"

namespace lapis::azure {

http::Response render_get_account_information(const Call& call);

}  // namespace lapis::azure
