// Get Blob Metadata. https://learn.microsoft.com/rest/api/storageservices/get-blob-metadata
#pragma once

#include <memory>

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetBlobMetadata {
  BlobKey key;
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct GetBlobMetadataResult {
  // Shared with the shard's cache; its metadata is what is asked for.
  std::shared_ptr<const BlobProperties> properties;
};

// Of an archived blob too. Takes one condition, or a pair of which the tag decides: it is Get Blob
// and Get Blob Properties alone that combine them. Errors: kContainerNotFound, kBlobNotFound,
// lease, conditions, kMultipleConditionHeadersNotSupported.
io::Task<Result<GetBlobMetadataResult>> get_blob_metadata(Service& service,
                                                          GetBlobMetadata request);

}  // namespace lapis::blob
