// Find Blobs by Tags: GET /?comp=blobs&where=…, GET /CONTAINER?restype=container&comp=blobs&where=…
// -> 200 and a page.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/find_blobs_by_tags.h"

namespace lapis::azure {

Result<blob::FindBlobsByTags> parse_find_blobs_by_tags(const Call& call);
http::Response render_find_blobs_by_tags(const Call& call,
                                         const blob::FindBlobsByTagsResult& result);

}  // namespace lapis::azure
