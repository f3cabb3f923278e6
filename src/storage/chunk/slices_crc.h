// The checksum of a list of slices, from what is stored of them. See ChunkStore::crc64.
#pragma once

#include "lapis/storage/chunk_store.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// On the slot's shard. Holds one small buffer at a time, and none while it waits for it.
io::Task<Result<std::uint64_t>> crc64_of_slices(const StoreContext& context, const PathSet& paths,
                                                Slot& slot, SliceSource& slices);

}  // namespace lapis::storage
