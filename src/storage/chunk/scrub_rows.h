// Scrub's rows as values, and their encoding (scrub_row.proto).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/storage/scrub.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

// What is wrong with a chunk.
struct DamageRow {
  Timestamp found;
  DamageFinder finder = DamageFinder::kScrub;
  Place place;
  std::vector<ChunkRange> bad;
  std::optional<ChunkOwner> owner;
  std::string seen;
};

// How far scrub is, so that a restart goes on where it was.
struct ScrubRow {
  std::optional<ScrubPass> running;
  std::optional<ScrubPass> last;
  ChunkId next_chunk;
  bool at_full_rate = false;
};

// Decoding fails (kInternalError) for anything that encoding does not write.
std::string encode(const DamageRow& row);
std::string encode(const ScrubRow& row);
Result<DamageRow> decode_damage_row(std::string_view value);
Result<ScrubRow> decode_scrub_row(std::string_view value);

}  // namespace lapis::storage
