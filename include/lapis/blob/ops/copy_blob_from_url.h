// Copy Blob From URL: a copy that is done when it is answered.
// https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url
#pragma once

#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

// The longest source.
inline constexpr std::uint64_t kMaxSyncCopy = 256ull << 20;

struct CopyBlobFromUrl {
  PutBlob blob;  // its hashes are those of the source; properties and length are the source's
  SourceRequest source;
};

struct CopyBlobFromUrlResult {
  PutBlobResult blob;
  Guid copy;
};

// Makes the blob a copy of the source, with its properties and the MD5 that is stored with it, and
// its metadata unless the request brings some. What can be refused before the source is asked is.
// Errors: as put_blob_from_url; kInvalidBlobType (what would be replaced is no block blob),
// kInvalidSourceBlobType (the source is none).
io::Task<Result<CopyBlobFromUrlResult>> copy_blob_from_url(Service& service,
                                                           CopyBlobFromUrl request,
                                                           CopySources& sources);

}  // namespace lapis::blob
