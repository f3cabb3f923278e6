// Get Account Information: GET or HEAD at any level, ?restype=account&comp=properties -> 200.
// Answers without looking at the container or blob, as Azure does.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// Errors: kInvalidQueryParameterValue before 2018-03-28, as of any `restype` that is not known.
Result<http::Response> render_get_account_information(const Call& call);

}  // namespace lapis::azure
