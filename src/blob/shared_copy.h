// A copy that moves no data: the blob and its source hold one body.
#pragma once

#include "blob/keys.h"
#include "lapis/blob/ops/put_blob.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SharedCopy {
  ContainerId container;
  ContainerId source_container;
  const BlobKey& source;  // a blob, a snapshot or a version
  const Conditions& source_conditions;
  const PutBlob& blob;       // what it becomes, by its `copy`
  std::optional<bool> seal;  // of an append blob; nothing: as the source is
};

struct SharedCopied {
  Etag etag;
  Timestamp last_modified;
  std::optional<Timestamp> version = {};
};

// One transaction, whatever the size; up to three from one container to another (loan.h). Errors:
// as copy_blob.
io::Task<Result<SharedCopied>> copy_shared(Service& service, SharedCopy request);

}  // namespace lapis::blob
