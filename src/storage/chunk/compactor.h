// Compactor: finds the extent of a path that is worth emptying, and what lives in it. Space comes
// back by whole extents, so what is deleted or moved here and there comes back by moving the rest.
#pragma once

#include <set>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// The sealed extent of which the least lives, where that is at most `most_live` of it and not
// nothing (that one is the reclaimer's); null where there is none. Passes over what `skip` holds.
Extent* sparsest_extent(const PathState& path, double most_live,
                        const std::set<const Extent*>& skip);

// The chunks whose rows name a frame in the extent. Reads the extent's frames and a row for each.
io::Task<Result<std::vector<ColdChunk>>> chunks_in(const StoreContext& context, Extent& extent);

}  // namespace lapis::storage
