// Uncommitted blocks live for a week after the last successful block write on their blob.
#pragma once

#include "lapis/blob/reclaimer.h"

namespace lapis::blob {

// Discards every upload whose last block write is older than `oldest_kept`; counts them in
// `stats`. Visits uploads only, never the blobs.
io::Task<Result<void>> expire_uploads_before(Service& service, Timestamp oldest_kept,
                                             ReclaimStats& stats);

}  // namespace lapis::blob
