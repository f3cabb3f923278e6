// Abort Copy Blob. https://learn.microsoft.com/rest/api/storageservices/abort-copy-blob
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct AbortCopyBlob {
  BlobKey key;
  Guid copy;
  std::optional<LeaseId> lease;
};

// Ends a copy that is pending: the blob stays, without content. Errors: kContainerNotFound,
// kBlobNotFound, lease, kNoPendingCopyOperation, kCopyIdMismatch.
io::Task<Result<void>> abort_copy_blob(Service& service, AbortCopyBlob request);

}  // namespace lapis::blob
