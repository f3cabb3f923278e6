// Put Blob (append blob). https://learn.microsoft.com/rest/api/storageservices/put-blob
#pragma once

#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

// Makes the blob an append blob of no bytes; replaces what was there as Put Blob does. An MD5 in
// `request.http` is stored as it is, and no tier is given. Completion means durable. Errors: those
// of Put Blob that have nothing to do with a body.
io::Task<Result<PutBlobResult>> put_append_blob(Service& service, PutBlob request);

}  // namespace lapis::blob
