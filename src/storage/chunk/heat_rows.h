// Heat: when a chunk was last used, to the hour, and the index that yields the coldest chunks of a
// path without a look at any other (docs/formats.md). Kept beside the chunk's row, so that a change
// of it rewrites no checksums and touches no cached row.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/storage/meta_store.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

struct HeatRow {
  std::uint32_t hour = 0;  // since the Unix epoch
  HeatRank rank = HeatRank::kNormal;
  std::vector<PathId> paths;
  friend bool operator==(const HeatRow&, const HeatRow&) = default;
};

std::uint32_t hour_of(Timestamp time);

// 0x14, u64 chunk id -> records.HeatRow
std::string heat_key(ChunkId chunk);
// 0x15, u32 path id, u8 rank, u32 hour, u64 chunk id -> empty
std::string cold_key(const ColdChunk& chunk);
// Where a path's begin, and the first key after them.
std::string cold_begin(PathId path);
std::string cold_end(PathId path);
Result<ColdChunk> decode_cold_key(std::string_view key);

std::string encode(const HeatRow& row);
Result<HeatRow> decode_heat_row(std::string_view value);

// Inside a transaction, for a chunk whose row is put, moved or erased in the same. What has no heat
// row (it was written before there were any, or is gone) is passed over.
void put_heat(MetaView& view, ChunkId chunk, const HeatRow& row);
Result<void> erase_heat(MetaView& view, ChunkId chunk);
Result<void> move_heat(MetaView& view, ChunkId chunk, PathId from, PathId to);
Result<void> rank_heat(MetaView& view, ChunkId chunk, HeatRank rank);
// It was used in this hour; does nothing where that is known.
Result<void> warm(MetaView& view, ChunkId chunk, std::uint32_t hour);

}  // namespace lapis::storage
