// Set Blob Tier. https://learn.microsoft.com/rest/api/storageservices/set-blob-tier
//
// A tier is what a client is told: the bytes stay on this node's disks whatever it says. So a blob
// that leaves the archive is readable when the operation completes; it is never pending.
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobTier {
  BlobKey key;
  std::optional<AccessTier> tier;  // nothing: one of the tiers that page blobs have (P4 to P80)
  std::optional<LeaseId> lease;
  Conditions conditions = {};  // x-ms-if-tags only
};

struct SetBlobTierResult {
  bool rehydrated = false;  // from the archive: what clients know as an answer of its own
};

// ETag and Last-Modified stay. Errors: kContainerNotFound, kBlobNotFound, kInvalidBlobType,
// kInvalidBlobTier, lease, kConditionNotMet, kBlobOperationNotSupported (a snapshot or version that
// is archived would leave the archive: only a copy of it can).
io::Task<Result<SetBlobTierResult>> set_blob_tier(Service& service, SetBlobTier request);

}  // namespace lapis::blob
