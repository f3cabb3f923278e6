// Undelete Blob. https://learn.microsoft.com/rest/api/storageservices/undelete-blob
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct UndeleteBlob {
  BlobKey key;
};

// Brings back what is soft-deleted of the name: the blob, where there is none now, and all
// snapshots and versions; no version becomes the blob. Content, properties, ETag and Last-Modified
// are what they were. Snapshots come back some hundred at a time: where it fails in between, those
// that are back stay. Nothing is changed, with success, where nothing is deleted. Errors:
// kContainerNotFound, kBlobNotFound where the name has nothing at all but uncommitted blocks.
io::Task<Result<void>> undelete_blob(Service& service, UndeleteBlob request);

}  // namespace lapis::blob
