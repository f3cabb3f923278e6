// The times of last access that reads have noted (access_queue.h), written to the blobs' rows.
#pragma once

#include <cstdint>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"

namespace lapis::blob {

// Writes all that is queued, in transactions of few rows. Nothing else of a blob changes by it:
// neither its ETag nor its Last-Modified, and it makes no version. What is not the state any more
// that was read is passed over, as is one whose time is as young already. Adds what it wrote to
// `written`. Errors: the store's; what was not written is queued again.
io::Task<Result<void>> write_access_times(Service& service, std::uint64_t& written);

}  // namespace lapis::blob
