// Set Blob Tags. https://learn.microsoft.com/rest/api/storageservices/set-blob-tags
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobTags {
  BlobKey key;
  Tags tags;  // replace all there are
  Conditions conditions;
  std::optional<LeaseId> lease;
};

// Of an archived blob too. ETag and Last-Modified stay. The blob is found by its new tags when it
// completes. Errors: kContainerNotFound, kBlobNotFound, lease, conditions.
io::Task<Result<void>> set_blob_tags(Service& service, SetBlobTags request);

}  // namespace lapis::blob
