// Set Blob Legal Hold. https://learn.microsoft.com/rest/api/storageservices/set-blob-legal-hold
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobLegalHold {
  BlobKey key;  // or a snapshot or a version
  bool hold = false;
};

// While it is on hold the state can neither be changed nor deleted. ETag and Last-Modified stay.
// Errors: kContainerNotFound, kBlobOperationNotSupported (version-level immutability is off),
// kBlobNotFound.
io::Task<Result<void>> set_blob_legal_hold(Service& service, SetBlobLegalHold request);

}  // namespace lapis::blob
