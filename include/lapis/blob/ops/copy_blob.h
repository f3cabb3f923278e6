// Copy Blob. https://learn.microsoft.com/rest/api/storageservices/copy-blob
// Done when it is answered, but for long sources elsewhere, which are read behind the answer
// (lapis/blob/pending_copies.h).
#pragma once

#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

struct CopyBlob {
  PutBlob blob;  // properties and length are the source's
  SourceRequest source;
  // The blob, or snapshot, that is the source where it is in the same account and whoever asks may
  // read it by that alone: it is not asked for then.
  std::optional<BlobKey> local;
  std::optional<bool> seal;  // whether a copied append blob is sealed; nothing: as its source is
};

struct CopyBlobResult {
  Etag etag;
  Timestamp last_modified;
  Guid copy;
  std::optional<Timestamp> version = {};  // where the account keeps versions
  CopyStatus status = CopyStatus::kSuccess;
};

// Makes the blob a copy of the source, with its properties, the MD5 that is stored with it, and its
// metadata unless the request brings some. What is of the same account, by key or by its URL,
// shares its body with the copy: a few small writes, whatever the size. Of a source elsewhere that
// is longer than Limits::copied_at_once, or a page blob, and is not the blob itself, it makes a
// blob without content, and a pending copy that brings that, where the service has those. Errors:
// those of Put Blob, with kTargetConditionNotMet for kConditionNotMet; kSourceConditionNotMet;
// kBlobNotFound and kPendingCopyOperation (a local source), kBlobArchived, kInvalidBlobType,
// kInvalidSourceBlobType, kInfiniteLeaseDurationRequired (an active lease on the blob that ends),
// kServerBusy (too many copies); those of the source.
io::Task<Result<CopyBlobResult>> copy_blob(Service& service, CopyBlob request,
                                           CopySources& sources);

}  // namespace lapis::blob
