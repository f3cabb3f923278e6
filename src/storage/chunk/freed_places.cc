#include "storage/chunk/freed_places.h"

#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

Result<void> release_chunk(MetaView& view, ChunkId chunk, FreedPlaces& freed) {
  const std::string key = chunk_key(chunk);
  LAPIS_TRY(const auto stored, view.get(key));
  if (!stored) return {};
  LAPIS_TRY(ChunkRow row, decode_chunk_row(*stored));
  if (row.extra_references != 0) {
    --row.extra_references;
    view.put(key, encode(row));
    return {};
  }
  view.erase(key);
  LAPIS_TRY_VOID(erase_heat(view, chunk));
  if (freed.may_be_damaged) {
    const std::string damage = damage_key(chunk);
    LAPIS_TRY(const auto known, view.get(damage));
    if (known) {
      view.erase(damage);
      ++freed.damage_rows;
    }
  }
  for (const Place& place : row.places) {
    freed.entries.push_back({place, static_cast<std::int64_t>(row.bytes_on_disk())});
  }
  return {};
}

}  // namespace lapis::storage
