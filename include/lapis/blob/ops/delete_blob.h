// Delete Blob. https://learn.microsoft.com/rest/api/storageservices/delete-blob
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct DeleteBlob {
  BlobKey key;
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct DeleteBlobResult {};

// Deletes the blob and its uncommitted blocks; a name that has only uncommitted blocks can be
// deleted too (since 2013-08-15). Errors: kContainerNotFound, kBlobNotFound, lease, conditions.
io::Task<Result<DeleteBlobResult>> delete_blob(Service& service, DeleteBlob request);

}  // namespace lapis::blob
