// Headers that decide something may stand in a request once only.
#pragma once

#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// Errors: kInvalidHeaderValue naming a repeated x-ms-*, Content-*, If-*, Range, Date, Host or
// Authorization header.
Result<void> refuse_repeated_headers(const http::Headers& headers);

}  // namespace lapis::azure
