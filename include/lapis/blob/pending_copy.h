// The work behind copies that are pending (lapis/blob/pending_copies.h).
#pragma once

#include "lapis/blob/pending_copies.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Has all that the store holds wait for somebody to take them; once, after a start.
io::Task<Result<void>> resume_pending_copies(Service& service);

// Reads the source of a copy that was taken and makes the blob what it is to be, in one transaction
// with the end of the copy; or ends it as failed, where its source refuses, has changed, cannot be
// read five times in a row, or two weeks are over. What did not end for other reasons waits again.
// On the service's shard, whose `sources` are.
io::Task<void> run_pending_copy(Service& service, CopySources& sources, PendingCopies::Taken taken);

}  // namespace lapis::blob
