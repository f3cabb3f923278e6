// Pages out of a body that was taken in. Inside transactions.
#pragma once

#include "blob/body_intake.h"
#include "blob/pages/page_change.h"

namespace lapis::blob {

// A change that writes the body from page `first` on. A short body lies in `bytes_row`. Errors:
// kInternalError where a chunk ends within a page.
Result<PageChange> change_of(ContainerId container, const TakenBody& taken, BlockBytesId bytes_row,
                             std::uint64_t first, std::uint64_t pages);

// The rows of what it lies in. Its `recorded` is the caller's to call.
void record_pages(storage::MetaView& view, ContainerId container, const TakenBody& taken,
                  BlockBytesId bytes_row);

}  // namespace lapis::blob
