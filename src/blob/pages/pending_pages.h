// The pages of a copy that is pending: they are written into the map of its blob as they come,
// behind its end, which is its beginning until then. Nobody sees what lies there, and nobody else
// writes to the blob; where the copy fails the reclaimer gives it back.
#pragma once

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/pending_copies.h"
#include "lapis/blob/service.h"
#include "lapis/io/streams.h"

namespace lapis::blob {

// Makes the blob without content, and the copy that is to bring that, of a page blob elsewhere.
// Errors: as copy_blob; kInvalidBlobTier, kInvalidSourceBlobType (a seal is asked for, or its
// length is no page blob's).
io::Task<Result<CopyBlobResult>> put_pending_pages(Service& service, CopyBlob request,
                                                   SourceRequest source,
                                                   const SourceProperties& properties);

// Writes all of `body` that is not zeros. What an earlier try has left is cleared first. Errors:
// those of `body`; kNoPendingCopyOperation (the copy has ended, or its container);
// kInsufficientStorage.
io::Task<Result<void>> bring_pages(Service& service, const PendingCopy& copy, io::ByteSource& body);

}  // namespace lapis::blob
