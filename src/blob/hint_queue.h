// The queue of placement hints: what a change of a blob's access tier leaves behind, one row
// whatever the blob's size. See lapis/blob/placement_hints.h.
#pragma once

#include <string_view>

#include "lapis/base/ids.h"
#include "lapis/blob/types.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// What an access tier asks for: Cool, Cold and Archive for slow disks.
storage::HeatRank rank_of(AccessTier tier);

// The blob's chunks may be of other ranks than its tier asks for.
void queue_hint(storage::MetaView& view, ContainerId container, std::string_view name);

}  // namespace lapis::blob
