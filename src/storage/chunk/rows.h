// ChunkStore's rows as values, and their encoding (chunk_row.proto).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

// What is known of a chunk: where it lies and what its units' checksums are.
struct ChunkRow {
  std::uint64_t length = 0;
  std::vector<Place> places;  // at least one
  std::uint32_t unit_bytes = kUnitBytes;
  std::vector<std::uint64_t> unit_crcs;
  std::uint64_t extra_references = 0;

  std::uint64_t bytes_on_disk() const { return frame_bytes(length, unit_bytes); }
};

// As in the metadata; `kOpen` before the first frame may be written.
enum class ExtentState : std::uint8_t { kFree, kOpen, kSealed, kFailed };

struct ExtentRow {
  ExtentState state = ExtentState::kFree;
  std::uint64_t generation = 0;
  std::uint64_t bytes = 0;
};

// What an operator asked of a path.
enum class PathMode : std::uint8_t { kNormal, kReadOnly, kDraining, kRetired };

struct PathRow {
  std::string uuid;
  std::string pool;
  std::string directory;
  std::uint64_t generation = 0;
  std::uint64_t extent_bytes = 0;
  PathMode mode = PathMode::kNormal;
  // The commit that the metadata had recovered when it was first opened without the path; 0: it was
  // there the last time. Frames on it that know of a later one are evidence of lost commits.
  Sequence away_since = {};
  bool is_added = false;  // by an operator, and no configuration has named it since
};

struct ChunkRangeRow {
  std::uint64_t next_id = 1;
};

// Decoding fails (kInternalError) for anything that encoding does not write.
std::string encode(const ChunkRow& row);
std::string encode(const ExtentRow& row);
std::string encode(const PathRow& row);
std::string encode(const ChunkRangeRow& row);
Result<ChunkRow> decode_chunk_row(std::string_view value);
Result<ExtentRow> decode_extent_row(std::string_view value);
Result<PathRow> decode_path_row(std::string_view value);
Result<ChunkRangeRow> decode_chunk_range_row(std::string_view value);

}  // namespace lapis::storage
