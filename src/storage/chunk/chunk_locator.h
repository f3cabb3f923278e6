// Where a chunk lies now: its row, and a pin that keeps it there.
#pragma once

#include <memory>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/extent.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

struct LocatedChunk {
  ChunkId id;
  std::shared_ptr<const ChunkRow> row;
  Place place;
  ExtentPin pin;
};

// On the slot's shard. From the slot's cache where that may be trusted, else one metadata read;
// once more where the chunk has left the place meanwhile. Errors: kServerBusy where its path is
// missing, to be tried again when it is back; kInternalError where there is no row or no such
// place.
io::Task<Result<LocatedChunk>> locate_chunk(const StoreContext& context, const PathSet& paths,
                                            Slot& slot, ChunkId chunk);

}  // namespace lapis::storage
