// Set Blob Metadata. https://learn.microsoft.com/rest/api/storageservices/set-blob-metadata
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobMetadata {
  BlobKey key;
  Metadata metadata;  // replaces all there is
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct SetBlobMetadataResult {
  Etag etag;
  Timestamp last_modified;
  std::optional<Timestamp> version = {};  // where the account keeps versions
};

// Content, properties, tier and uncommitted blocks stay. Where the account keeps versions, what the
// blob was becomes one, and the blob starts without tags. Errors: kContainerNotFound,
// kBlobNotFound, kBlobArchived, kBlobImmutableDueToPolicy, kBlobImmutableDueToLegalHold, lease,
// conditions.
io::Task<Result<SetBlobMetadataResult>> set_blob_metadata(Service& service,
                                                          SetBlobMetadata request);

}  // namespace lapis::blob
