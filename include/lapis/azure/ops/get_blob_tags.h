// Get Blob Tags: GET /CONTAINER/BLOB?comp=tags -> 200 and a document.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob_tags.h"

namespace lapis::azure {

Result<blob::GetBlobTags> parse_get_blob_tags(const Call& call);
http::Response render_get_blob_tags(const Call& call, const blob::Tags& tags);

}  // namespace lapis::azure
