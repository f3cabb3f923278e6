// Abort Copy Blob. https://learn.microsoft.com/rest/api/storageservices/abort-copy-blob
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct AbortCopyBlob {
  BlobKey key;
  std::optional<LeaseId> lease;
};

// Why the copy cannot be aborted: none is ever pending (kNoPendingCopyOperation), where the blob is
// there and may be written. Else kContainerNotFound, kBlobNotFound, lease.
io::Task<Error> abort_copy_blob(Service& service, AbortCopyBlob request);

}  // namespace lapis::blob
