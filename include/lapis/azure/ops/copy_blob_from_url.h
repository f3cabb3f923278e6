// Copy Blob From URL: the request as it was sent, and its answer.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/copy_blob_from_url.h"

namespace lapis::azure {

Result<blob::CopyBlobFromUrl> parse_copy_blob_from_url(const Call& call);
http::Response render_copy_blob_from_url(const Call& call,
                                         const blob::CopyBlobFromUrlResult& result);

}  // namespace lapis::azure
