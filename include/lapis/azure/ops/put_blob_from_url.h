// Put Blob From URL: the request as it was sent, and its answer.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_blob_from_url.h"

namespace lapis::azure {

Result<blob::PutBlobFromUrl> parse_put_blob_from_url(const Call& call);
http::Response render_put_blob_from_url(const Call& call, const blob::PutBlobResult& result);

}  // namespace lapis::azure
