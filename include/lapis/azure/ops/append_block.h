// Append Block: PUT /CONTAINER/BLOB?comp=appendblock -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/append_block.h"

namespace lapis::azure {

Result<blob::AppendBlock> parse_append_block(const Call& call);
http::Response render_append_block(const Call& call, const blob::AppendBlockResult& result);

}  // namespace lapis::azure
