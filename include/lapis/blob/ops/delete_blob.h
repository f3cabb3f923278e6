// Delete Blob. https://learn.microsoft.com/rest/api/storageservices/delete-blob
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// What becomes of a blob's snapshots.
enum class SnapshotDeletion : std::uint8_t {
  kNone,     // a blob that has any is not deleted
  kInclude,  // they go with the blob
  kOnly,     // they go, the blob stays
};

// When the access tier was set, in whole seconds; where it never was, when the blob was made.
struct TierConditions {
  std::optional<Timestamp> if_modified_since = {};
  std::optional<Timestamp> if_unmodified_since = {};
};

struct DeleteBlob {
  BlobKey key;  // of a snapshot or a version: it alone goes
  Conditions conditions;
  std::optional<LeaseId> lease;
  SnapshotDeletion snapshots = SnapshotDeletion::kNone;
  bool permanently = false;  // a snapshot or version that is soft-deleted already
  bool staged_too = true;    // what has uncommitted blocks only (since 2013-08-15)
  TierConditions tier = {};  // besides `conditions`
};

struct DeleteBlobResult {
  bool is_permanent = true;  // nothing of it is kept, as a version or soft-deleted
};

// Deletes the blob and its uncommitted blocks; a name that has only uncommitted blocks can be
// deleted too, with `staged_too`. Where the account keeps versions the blob becomes one; where it
// has a retention, what goes is soft-deleted. Errors: kContainerNotFound, kBlobNotFound, lease,
// conditions, kBlobImmutableDueToPolicy and kBlobImmutableDueToLegalHold (a snapshot, also one that
// would go with the blob, or a version), kSnapshotsPresent, kOperationNotAllowedOnRootBlob (the
// version is the blob itself), kBlobOperationNotSupported (for good, where the account or the state
// does not allow it); kServerBusy where snapshots keep being taken meanwhile.
io::Task<Result<DeleteBlobResult>> delete_blob(Service& service, DeleteBlob request);

}  // namespace lapis::blob
