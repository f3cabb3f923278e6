// Get Block List: GET /CONTAINER/BLOB?comp=blocklist -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_block_list.h"

namespace lapis::azure {

Result<blob::GetBlockList> parse_get_block_list(const Call& call);
http::Response render_get_block_list(const Call& call, const blob::GetBlockListResult& result);

}  // namespace lapis::azure
