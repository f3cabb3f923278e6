// Set Blob Tier: PUT /CONTAINER/BLOB?comp=tier -> 200, or 202 where a blob leaves the archive
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_tier.h"

namespace lapis::azure {

Result<blob::SetBlobTier> parse_set_blob_tier(const Call& call);
http::Response render_set_blob_tier(const Call& call, const blob::SetBlobTierResult& result);

}  // namespace lapis::azure
