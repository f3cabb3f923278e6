// Put Block: PUT /CONTAINER/BLOB?comp=block&blockid=ID -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_block.h"

namespace lapis::azure {

Result<blob::PutBlock> parse_put_block(const Call& call);
http::Response render_put_block(const Call& call, const blob::PutBlockResult& result);

}  // namespace lapis::azure
