// Get Blob Service Stats: GET /?restype=service&comp=stats at the secondary -> 200.
// https://learn.microsoft.com/rest/api/storageservices/get-blob-service-stats
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// What the secondary serves is what the primary does, so it is always up to date. Errors:
// kInvalidQueryParameterValue at the primary.
Result<http::Response> render_get_blob_service_stats(const Call& call, Timestamp now);

}  // namespace lapis::azure
