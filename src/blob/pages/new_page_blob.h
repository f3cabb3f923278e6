// Writing the row of a page blob that is made, over what was there.
#pragma once

#include "blob/past_states.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

struct NewPageBlob {
  const PutBlob& blob;  // its key, lease and conditions
  NewBlob made;
  std::uint64_t sequence_number = 0;
  PageBody pages;                // of no map: one is made
  bool page_blobs_only = false;  // what is replaced must be a page blob
  std::vector<PageLayer> layers = {};
};

// What of that can be told of the blob that is there; null where there is none (`staged`: as of
// check_replace). Errors: those of check_replace; kInvalidBlobType (also where there are snapshots
// of another type).
Result<void> check_new_page_blob(const PutBlob& blob, bool page_blobs_only,
                                 const BlobRecord* existing, bool staged, const ServiceClock& time);

// Inside a transaction. Errors: kContainerNotFound, as above.
Result<BlobProperties> write_page_blob(storage::MetaView& view, const NamedAt& at, NewPageBlob blob,
                                       const ServiceClock& time);

}  // namespace lapis::blob
