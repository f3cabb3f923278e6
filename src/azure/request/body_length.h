// How long a body is, and how long it may be at a version.
#pragma once

#include <cstdint>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// Content-Length of an operation that must have one. Errors: kMissingContentLengthHeader (absent or
// chunked), kRequestBodyTooLarge.
Result<std::uint64_t> body_length(const http::Request& request, std::uint64_t limit);

// Of an operation that has none: not even a structured message around nothing, which nobody would
// read. Errors: as above; kInvalidHeaderValue naming Content-Length.
Result<void> check_no_body(const http::Request& request);

std::uint64_t put_block_limit(ServiceVersion version);
std::uint64_t put_blob_limit(ServiceVersion version);
std::uint64_t append_block_limit(ServiceVersion version);

}  // namespace lapis::azure
