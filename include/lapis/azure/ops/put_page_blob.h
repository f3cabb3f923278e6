// Put Blob of a page blob: PUT /CONTAINER/BLOB with x-ms-blob-type: PageBlob -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_page_blob.h"

namespace lapis::azure {

Result<blob::PutPageBlob> parse_put_page_blob(const Call& call);
http::Response render_put_page_blob(const Call& call, const blob::PutPageBlobResult& result);

}  // namespace lapis::azure
