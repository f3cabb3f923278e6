// The block map of a blob made from a block list: a few blocks stand in the record itself, many are
// cut into segments, so that a read loads the record and the segments it touches, no more. A new
// list that repeats whole segments of the old one keeps them: appending to a large blob by
// re-committing its blocks writes only what is new.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// A segment is cut at whichever comes first; a block is never divided.
inline constexpr std::size_t kSegmentBlocks = 512;
inline constexpr std::size_t kSegmentChunks = 2048;
// Up to this many blocks, of this many chunks together, stand in the record.
inline constexpr std::size_t kDirectBlocks = 32;
inline constexpr std::size_t kDirectChunks = 512;

// A segment of the blob that is replaced.
struct OldSegment {
  SegmentId id;
  Segment segment;
};

// A block map without the ids that only a transaction can give.
struct BlockMapPlan {
  struct Piece {
    std::optional<SegmentId> kept;  // an old segment, as it is
    std::string row;                // else the new one's
    std::uint64_t length = 0;
    std::uint32_t blocks = 0;
  };
  std::vector<Block> direct;
  std::vector<Piece> pieces;  // where there are too many blocks for `direct`
  std::uint64_t length = 0;
};

// `blocks` in the order of the content; total length at most 2^63 - 1. Only full segments of `old`
// are kept, each once: so the pieces never become many and small.
BlockMapPlan plan_block_map(std::span<const Block* const> blocks, std::span<const OldSegment> old);

// The segments of `old` that the plan does not keep: their rows go.
std::vector<SegmentId> emptied_segments(const BlockMapPlan& plan, std::span<const OldSegment> old);

// Writes the new segments' rows and returns the body that refers to them.
Body write_block_map(storage::MetaView& view, ContainerId container, const BlockMapPlan& plan);

}  // namespace lapis::blob
