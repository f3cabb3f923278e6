// What the operations share that append.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/ops/append_block.h"

namespace lapis::azure {

// Which blob, the conditions and the lease. Errors: those of each header.
Result<blob::AppendBlock> parse_append(const Call& call);

// 201 with the blob's new tag and date, where the block lies and how many there are.
http::Response appended_response(const blob::AppendBlockResult& result);

}  // namespace lapis::azure
