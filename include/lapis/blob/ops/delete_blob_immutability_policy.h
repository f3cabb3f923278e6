// Delete Blob Immutability Policy.
// https://learn.microsoft.com/rest/api/storageservices/delete-blob-immutability-policy
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct DeleteBlobImmutabilityPolicy {
  BlobKey key;  // or a snapshot or a version
};

// Of a state without a policy too. ETag and Last-Modified stay. Errors: kContainerNotFound,
// kBlobOperationNotSupported (version-level immutability is off), kBlobNotFound,
// kImmutabilityPolicyDeleteOnLockedPolicy.
io::Task<Result<void>> delete_blob_immutability_policy(Service& service,
                                                       DeleteBlobImmutabilityPolicy request);

}  // namespace lapis::blob
