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
};

// Content, properties, tier and uncommitted blocks stay. Errors: kContainerNotFound, kBlobNotFound,
// kBlobArchived, lease, conditions.
io::Task<Result<SetBlobMetadataResult>> set_blob_metadata(Service& service,
                                                          SetBlobMetadata request);

}  // namespace lapis::blob
