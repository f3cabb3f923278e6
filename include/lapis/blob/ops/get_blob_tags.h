// Get Blob Tags. https://learn.microsoft.com/rest/api/storageservices/get-blob-tags
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetBlobTags {
  BlobKey key;
  Conditions conditions;
  std::optional<LeaseId> lease;
};

// Of an archived blob too. Errors: kContainerNotFound, kBlobNotFound, lease, conditions (of which
// one is taken, or a pair of which the tag decides).
io::Task<Result<Tags>> get_blob_tags(Service& service, GetBlobTags request);

}  // namespace lapis::blob
