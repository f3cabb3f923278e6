// Set Blob Immutability Policy.
// https://learn.microsoft.com/rest/api/storageservices/set-blob-immutability-policy
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobImmutabilityPolicy {
  BlobKey key;  // or a snapshot or a version
  ImmutabilityPolicy policy;
  Conditions conditions = {};  // If-Unmodified-Since only
};

// The state can neither be changed nor deleted until then. A locked policy can only be extended.
// ETag and Last-Modified stay. Errors: kContainerNotFound, kBlobOperationNotSupported
// (version-level immutability is off), kBlobNotFound, kInvalidHeaderValue (a time that is over),
// kBlobImmutableDueToPolicy (of a locked policy, to end it earlier or to unlock it), conditions.
io::Task<Result<void>> set_blob_immutability_policy(Service& service,
                                                    SetBlobImmutabilityPolicy request);

}  // namespace lapis::blob
