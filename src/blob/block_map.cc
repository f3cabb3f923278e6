#include "blob/block_map.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace lapis::blob {
namespace {

std::size_t chunks_of(const Block& block) { return block.chunks.size(); }

bool is_full(const Segment& segment) {
  std::size_t chunks = 0;
  for (const Block& block : segment.blocks) chunks += chunks_of(block);
  return segment.blocks.size() >= kSegmentBlocks / 2 || chunks >= kSegmentChunks / 2;
}

bool fits_record(std::span<const Block* const> blocks) {
  if (blocks.size() > kDirectBlocks) return false;
  std::size_t chunks = 0;
  for (const Block* block : blocks) chunks += chunks_of(*block);
  return chunks <= kDirectChunks;
}

// Whether both are the same bytes: where the chunks are is their identity.
bool same_bytes(const Block& a, const Block& b) {
  if (a.length != b.length || a.bytes_row != b.bytes_row) return false;
  if (a.chunks.size() != b.chunks.size()) return false;
  return a.chunks.empty() || a.chunks.front().id == b.chunks.front().id;
}

// Full segments of the old blob, by the id of their first block. Each is given once.
class KeepableSegments {
 public:
  explicit KeepableSegments(std::span<const OldSegment> old) {
    for (const OldSegment& segment : old) {
      if (!is_full(segment.segment)) continue;
      by_first_block_.emplace(segment.segment.blocks.front().id.text, &segment);
    }
  }

  // The segment that `blocks` begins with, null where there is none.
  const OldSegment* take(std::span<const Block* const> blocks) {
    const auto it = by_first_block_.find(blocks.front()->id.text);
    if (it == by_first_block_.end()) return nullptr;
    const OldSegment* candidate = it->second;
    const auto& wanted = candidate->segment.blocks;
    if (wanted.size() > blocks.size()) return nullptr;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].id != blocks[i]->id || !same_bytes(wanted[i], *blocks[i])) return nullptr;
    }
    by_first_block_.erase(it);
    return candidate;
  }

 private:
  std::unordered_map<std::string_view, const OldSegment*> by_first_block_;
};

// Collects new blocks until they make a segment.
class SegmentCutter {
 public:
  explicit SegmentCutter(BlockMapPlan& plan) : plan_(plan) {}

  void add(const Block& block) {
    open_.blocks.push_back(block);
    length_ += block.length;
    chunks_ += chunks_of(block);
    if (open_.blocks.size() >= kSegmentBlocks || chunks_ >= kSegmentChunks) cut();
  }

  void cut() {
    if (open_.blocks.empty()) return;
    const auto count = static_cast<std::uint32_t>(open_.blocks.size());
    plan_.pieces.push_back({std::nullopt, encode(open_), length_, count});
    open_.blocks.clear();
    length_ = 0;
    chunks_ = 0;
  }

 private:
  BlockMapPlan& plan_;
  Segment open_;
  std::uint64_t length_ = 0;
  std::size_t chunks_ = 0;
};

void keep(BlockMapPlan& plan, const OldSegment& old) {
  const auto& blocks = old.segment.blocks;
  const std::uint64_t length = blocks.back().first + blocks.back().length;
  plan.pieces.push_back({old.id, {}, length, static_cast<std::uint32_t>(blocks.size())});
}

}  // namespace

BlockMapPlan plan_block_map(std::span<const Block* const> blocks, std::span<const OldSegment> old) {
  BlockMapPlan plan;
  for (const Block* block : blocks) plan.length += block->length;
  if (fits_record(blocks)) {
    for (const Block* block : blocks) plan.direct.push_back(*block);
    return plan;
  }
  KeepableSegments keepable(old);
  SegmentCutter cutter(plan);
  for (std::size_t at = 0; at < blocks.size();) {
    if (const OldSegment* kept = keepable.take(blocks.subspan(at))) {
      cutter.cut();
      keep(plan, *kept);
      at += kept->segment.blocks.size();
    } else {
      cutter.add(*blocks[at]);
      ++at;
    }
  }
  cutter.cut();
  return plan;
}

std::vector<SegmentId> emptied_segments(const BlockMapPlan& plan, std::span<const OldSegment> old) {
  std::unordered_set<SegmentId> kept;
  for (const auto& piece : plan.pieces) {
    if (piece.kept) kept.insert(*piece.kept);
  }
  std::vector<SegmentId> emptied;
  for (const OldSegment& segment : old) {
    if (!kept.contains(segment.id)) emptied.push_back(segment.id);
  }
  return emptied;
}

Body write_block_map(storage::MetaView& view, ContainerId container, const BlockMapPlan& plan) {
  Body body;
  body.listed = true;
  body.blocks = plan.direct;
  body.segments.reserve(plan.pieces.size());
  std::uint64_t first = 0;
  for (const auto& piece : plan.pieces) {
    SegmentId id = piece.kept.value_or(SegmentId{});
    if (!piece.kept) {
      id.value = view.next_id();
      view.put(segment_key(container, id), piece.row);
    }
    body.segments.push_back({id, piece.length, piece.blocks, first});
    first += piece.length;
  }
  return body;
}

}  // namespace lapis::blob
