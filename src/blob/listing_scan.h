// The scan behind List Blobs: one page, over rows in key order. Synchronous, for the blocking pool.
#pragma once

#include "blob/records.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/pending_copies.h"

namespace lapis::blob {

// What goes beside what was asked for.
struct ListingRules {
  std::size_t rows_visited = 0;  // at most
  bool tells_last_access = false;
  const PendingCopies* copies = nullptr;  // how far those are that are pending
};

// A page ends at `request.max_results` results, or where as many rows were looked at. The
// position it gives is where the next one starts, exactly: nothing is skipped, nothing repeated.
// Where the page ended by its results, something visible stands there.
Result<ListBlobsResult> scan_blobs(storage::MetaSnapshot& snapshot, ContainerId container,
                                   const ListBlobs& request, ListingRules rules, ListSink& sink);

}  // namespace lapis::blob
