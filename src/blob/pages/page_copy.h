// Copy Blob of a page blob of this store. In its account the copy shares the pages
// (layered_copy.h); between accounts, and where they lie in too many layers, what is written in the
// source is written again, into a map of the copy's own. Nothing is seen of the copy before it is
// whole.
#pragma once

#include "blob/keys.h"
#include "lapis/blob/ops/copy_blob.h"

namespace lapis::blob {

// Whether a blob, or snapshot, is a page blob, as far as is known now; false where there is none.
// Errors: those of reading rows.
io::Task<Result<bool>> is_page_blob(Service& service, const BlobKey& key);

// Written again it takes as long as writing what the source holds: pages that were never written
// cost nothing. A copy that is cut off is freed by the reclaimer. Errors: as copy_blob;
// kInvalidBlobTier (a tier is asked for), kInvalidBlobType (what is replaced is no page blob).
io::Task<Result<CopyBlobResult>> copy_page_blob(Service& service, CopyBlob request,
                                                CopySources& sources);

}  // namespace lapis::blob
