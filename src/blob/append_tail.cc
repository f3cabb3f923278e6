#include "blob/append_tail.h"

#include <utility>

#include "blob/block_map.h"

namespace lapis::blob {
namespace {

void write_inline_bytes(storage::MetaView& view, ContainerId container, Body& body) {
  if (body.inline_bytes.empty()) return;
  Block block;
  block.length = body.inline_bytes.size();
  block.bytes_row.value = view.next_id();
  view.put(block_bytes_key(container, block.bytes_row), body.inline_bytes);
  body.blocks.push_back(std::move(block));
  body.inline_bytes.clear();
}

bool is_full(const std::vector<Block>& blocks) {
  std::size_t chunks = 0;
  for (const Block& block : blocks) chunks += block.chunks.size();
  return blocks.size() >= kTailBlocks || chunks >= kDirectChunks;
}

void cut_segment(storage::MetaView& view, ContainerId container, Body& body) {
  SegmentRef ref;
  ref.id.value = view.next_id();
  ref.blocks = static_cast<std::uint32_t>(body.blocks.size());
  for (const Block& block : body.blocks) ref.length += block.length;
  view.put(segment_key(container, ref.id), encode(Segment{std::exchange(body.blocks, {})}));
  body.segments.push_back(ref);
}

}  // namespace

bool stays_inline(const Body& body, const AppendedBytes& appended, std::uint64_t inline_limit) {
  return appended.stored == nullptr &&
         body.inline_bytes.size() + appended.bytes.size() <= inline_limit;
}

void append_bytes(storage::MetaView& view, ContainerId container, const AppendedBytes& appended,
                  std::uint64_t inline_limit, Body& body) {
  const bool stays = stays_inline(body, appended, inline_limit);
  body.inline_bytes.append(appended.bytes);
  if (stays) return;
  write_inline_bytes(view, container, body);
  if (appended.stored != nullptr) {
    appended.stored->record(view, storage::HeatRank::kNormal);
    Block block;
    block.length = appended.stored->length();
    block.chunks = appended.stored->chunks();
    body.blocks.push_back(std::move(block));
  }
  if (is_full(body.blocks)) cut_segment(view, container, body);
}

}  // namespace lapis::blob
