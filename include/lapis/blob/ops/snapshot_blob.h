// Snapshot Blob. https://learn.microsoft.com/rest/api/storageservices/snapshot-blob
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SnapshotBlob {
  BlobKey key;
  std::optional<Metadata> metadata;  // of the snapshot; nothing: the blob's
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct SnapshotBlobResult {
  Timestamp snapshot;  // its name: later than that of any before
  Etag etag;           // of the snapshot: the blob's, unless it has metadata of its own
  Timestamp last_modified;
  std::optional<Timestamp> version = {};  // of the blob, where the account keeps versions
};

// A read-only copy of the blob as it is. Where the account keeps versions the blob becomes another
// version, with the same content, properties and tags. Writes three short rows, four where that
// makes a version, whatever the blob's size. Uncommitted blocks are not part of it. Errors:
// kContainerNotFound, kBlobNotFound, lease (an id is checked where one is given, and not needed),
// conditions.
io::Task<Result<SnapshotBlobResult>> snapshot_blob(Service& service, SnapshotBlob request);

}  // namespace lapis::blob
