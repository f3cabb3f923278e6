// Errors as Azure sends them: status, x-ms-error-code, and the XML body with the byte order mark.
#pragma once

#include "lapis/base/clock.h"
#include "lapis/base/error.h"
#include "lapis/base/random.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// `with_body` is false for HEAD; 304 never has one. Fields of the error that are response headers
// (Content-Range of a 416, WWW-Authenticate of a 401, Retry-After of a 503) become headers, the
// others XML elements behind Message. The reason phrase is the first line of the message.
http::Response render_error(const Error& error, const Guid& request_id, Timestamp now,
                            bool with_body);

}  // namespace lapis::azure
