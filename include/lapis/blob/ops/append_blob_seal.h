// Append Blob Seal. https://learn.microsoft.com/rest/api/storageservices/append-blob-seal
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct AppendBlobSeal {
  BlobKey key;
  Conditions conditions;
  std::optional<std::uint64_t> position;  // the blob must be of this length
  std::optional<LeaseId> lease;
};

struct AppendBlobSealResult {
  Etag etag;  // as it was: sealing changes neither
  Timestamp last_modified;
};

// Nothing is appended to the blob any more. Sealing what is sealed changes nothing. Completion
// means durable. Errors: kContainerNotFound, kBlobNotFound, kInvalidBlobType,
// kBlobImmutableDueToPolicy, kBlobImmutableDueToLegalHold, lease, conditions,
// kAppendPositionConditionNotMet.
io::Task<Result<AppendBlobSealResult>> append_blob_seal(Service& service, AppendBlobSeal request);

}  // namespace lapis::blob
