// Put Blob From URL. https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url
#pragma once

#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

struct PutBlobFromUrl {
  // Its hashes are those of the source; its length is what the source has. An MD5 among its
  // properties is stored as it is.
  PutBlob blob;
  SourceRequest source;
  bool copy_properties = true;
  std::uint64_t max_length = 0;
};

// Makes what the source holds the blob, as Put Blob would. What can be refused before the source is
// asked is. Errors: those of Put Blob, with kTargetConditionNotMet for kConditionNotMet; those of
// the source; kRequestBodyTooLarge.
io::Task<Result<PutBlobResult>> put_blob_from_url(Service& service, PutBlobFromUrl request,
                                                  CopySources& sources);

}  // namespace lapis::blob
