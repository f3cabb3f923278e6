// What the reclaimer frees of page maps. A target that no row of its map names is named by none
// ever after: a row takes over only what the one before it named. So this is looked up outside
// transactions, and doing it again is harmless.
#pragma once

#include <vector>

#include "blob/records.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Those of `targets` that no row of the map names. Blocks.
Result<std::vector<BlockTarget>> find_unnamed(storage::MetaSnapshot& snapshot,
                                              ContainerId container, const PageRelease& release);

// Erases the rows that no generation shows which a row holds, and queues what they name.
io::Task<Result<void>> thin_map(Service& service, ContainerId container, PageMapId map);

}  // namespace lapis::blob
