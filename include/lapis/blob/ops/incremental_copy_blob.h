// Incremental Copy Blob. https://learn.microsoft.com/rest/api/storageservices/incremental-copy-blob
// Backing up a page blob, snapshot by snapshot: each copy is a snapshot of the blob that nothing
// but such copies make. Done when it is answered.
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/copy_blob.h"

namespace lapis::blob {

struct IncrementalCopyBlob {
  BlobKey key;
  SourceRequest source;
  // As of CopyBlob.
  std::optional<BlobKey> local;
  Conditions conditions;
  bool may_overwrite = true;  // false: the credential may create only
};

// The blob, made by the first copy of a snapshot, gets a snapshot that is the same as that of the
// source. No page is copied: the new snapshot holds the pages of the source's, so that what two of
// them differ in is all that they cost. A few small writes, whatever the size.
//
// Errors: kContainerNotFound, kUnauthorizedBlobOverwrite, kTargetConditionNotMet;
// kIncrementalCopySourceMustBeSnapshot, kInvalidSourceBlobType, kBlobNotFound (the source);
// kIncrementalCopyBlobMismatch (there is a blob that is no incremental copy, or of another source),
// kIncrementalCopyOfEarlierSnapshotNotAllowed (or of the same one), kBlobOverwritten (the source
// was made anew since the last copy); kNotImplemented (a source outside the account, or this
// store); those of the source.
io::Task<Result<CopyBlobResult>> incremental_copy_blob(Service& service,
                                                       IncrementalCopyBlob request,
                                                       CopySources& sources);

}  // namespace lapis::blob
