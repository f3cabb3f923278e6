// FreedPlaces: what a transaction that releases chunks frees, to be told once it has committed.
#pragma once

#include <cstdint>
#include <vector>

#include "lapis/storage/chunk_store.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

struct FreedPlaces final : ChunkStore::Freed {
  struct Entry {
    Place place;
    std::int64_t frame_bytes = 0;
  };
  std::vector<Entry> entries;
  bool may_be_damaged = false;  // then rows of damage are looked for, and go too
  std::uint64_t damage_rows = 0;
};

// See ChunkStore::release. Where further references remain only their count goes down.
Result<void> release_chunk(MetaView& view, ChunkId chunk, FreedPlaces& freed);

}  // namespace lapis::storage
