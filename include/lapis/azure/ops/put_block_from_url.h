// Put Block From URL: the request as it was sent, and its answer.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_block_from_url.h"

namespace lapis::azure {

Result<blob::PutBlockFromUrl> parse_put_block_from_url(const Call& call);
http::Response render_put_block_from_url(const Call& call, const blob::PutBlockResult& result);

}  // namespace lapis::azure
