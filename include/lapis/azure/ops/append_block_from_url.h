// Append Block From URL: PUT /CONTAINER/BLOB?comp=appendblock with x-ms-copy-source -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/append_block_from_url.h"

namespace lapis::azure {

Result<blob::AppendBlockFromUrl> parse_append_block_from_url(const Call& call);
http::Response render_append_block_from_url(const Call& call,
                                            const blob::AppendBlockResult& result);

}  // namespace lapis::azure
