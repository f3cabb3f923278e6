// Set Blob Properties of what only page blobs have: the length and the sequence number.
#pragma once

#include "lapis/blob/ops/set_blob_properties.h"

namespace lapis::blob {

// At once, whatever the lengths: pages behind the end are unseen. They are cleared before a blob
// grows over them, and given back by the reclaimer after it shrank. Errors: as set_blob_properties.
io::Task<Result<SetBlobPropertiesResult>> set_page_properties(Service& service,
                                                              SetBlobProperties request);

}  // namespace lapis::blob
