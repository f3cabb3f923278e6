// ScrubWindow: the places of the chunks that scrub looks at next. Chunk rows in the order of their
// ids lead it, so that nothing that lives escapes a pass: what is created or moved behind it has
// just been written or verified, and the next pass comes to it within a period. Inside a window the
// order is that of the disk.
#pragma once

#include <cstdint>
#include <vector>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/storage/meta_store.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

struct ScrubWindow {
  struct Entry {
    ChunkId chunk;
    Place place;
  };
  std::vector<Entry> entries;   // by path, extent and offset
  std::vector<ChunkId> broken;  // their rows cannot be decoded
  ChunkId next;                 // where the next window begins
  bool is_last = false;
};

// Of the rows from `from` on, up to about `bytes` of frames. Blocks.
Result<ScrubWindow> read_scrub_window(MetaSnapshot& snapshot, ChunkId from, std::uint64_t bytes);

}  // namespace lapis::storage
