// Blocks, segments and bodies to rows and back.
#include <limits>

#include "blob/record_fields.h"

namespace lapis::blob {
namespace {

records::Block to_message(const Block& block) {
  records::Block message;
  message.set_id(block.id.text);
  message.set_length(block.length);
  for (const storage::ChunkRef& chunk : block.chunks) {
    message.add_chunk_ids(chunk.id.value);
    if (block.chunks.size() > 1) message.add_chunk_lengths(chunk.length);
  }
  message.set_bytes_row(block.bytes_row.value);
  message.set_bytes_home(block.bytes_home.value);
  return message;
}

// The sum of the parts' lengths must be the block's, or a read would come out shifted.
Result<Block> from_message(records::Block& message) {
  Block block;
  block.id.text = std::move(*message.mutable_id());
  block.length = message.length();
  block.bytes_row.value = message.bytes_row();
  block.bytes_home.value = message.bytes_home();
  const int count = message.chunk_ids_size();
  const bool by_row = block.bytes_row != BlockBytesId{};
  if (by_row != (count == 0)) return damaged("block");
  if (count == 1 && message.chunk_lengths_size() == 0) {
    block.chunks.push_back({ChunkId{message.chunk_ids(0)}, block.length});
    return block;
  }
  if (count != message.chunk_lengths_size()) return damaged("block");
  block.chunks.reserve(static_cast<std::size_t>(count));
  std::uint64_t left = block.length;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t length = message.chunk_lengths(i);
    if (length == 0 || length > left) return damaged("block");
    left -= length;
    block.chunks.push_back({ChunkId{message.chunk_ids(i)}, length});
  }
  if (left != 0 && !by_row) return damaged("block");
  return block;
}

// The blocks of a body or segment, their offsets counted up; at most 2^63 bytes in all.
template <class Messages>
Result<std::vector<Block>> take_blocks(Messages* messages) {
  std::vector<Block> blocks;
  blocks.reserve(static_cast<std::size_t>(messages->size()));
  std::uint64_t first = 0;
  for (records::Block& message : *messages) {
    LAPIS_TRY(Block block, from_message(message));
    block.first = first;
    if (block.length > std::numeric_limits<std::int64_t>::max() - first) return damaged("block");
    first += block.length;
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace

std::uint64_t named_length(const Body& body) {
  std::uint64_t length = 0;
  for (const SegmentRef& ref : body.segments) length += ref.length;
  for (const Block& block : body.blocks) length += block.length;
  return length;
}

std::vector<BlockTarget> targets_of(ContainerId container, const Block& block) {
  if (block.bytes_row != BlockBytesId{}) {
    const ContainerId home = block.bytes_home == ContainerId{} ? container : block.bytes_home;
    return {{home.value, block.bytes_row.value}};
  }
  std::vector<BlockTarget> targets;
  targets.reserve(block.chunks.size());
  for (const storage::ChunkRef& chunk : block.chunks) targets.push_back({0, chunk.id.value});
  return targets;
}

records::Body to_message(const Body& body) {
  records::Body message;
  message.set_inline_bytes(body.inline_bytes);
  for (const Block& block : body.blocks) *message.add_blocks() = to_message(block);
  for (const SegmentRef& segment : body.segments) {
    records::SegmentRef* ref = message.add_segments();
    ref->set_id(segment.id.value);
    ref->set_length(segment.length);
    ref->set_blocks(segment.blocks);
  }
  message.set_listed(body.listed);
  message.set_id(body.id.value);
  message.set_page_map(body.pages.map.value);
  message.set_page_generation(body.pages.generation);
  message.set_length_changes(body.pages.length_changes);
  message.set_lender(body.lender.container.value);
  message.set_lent_body(body.lender.body.value);
  for (const PageLayer& layer : body.layers) {
    records::PageLayer* one = message.add_layers();
    one->set_map(layer.pages.map.value);
    one->set_generation(layer.pages.generation);
    one->set_end(layer.end);
    one->set_id(layer.id.value);
    one->set_lender(layer.lender.container.value);
    one->set_lent_body(layer.lender.body.value);
  }
  return message;
}

Result<Body> from_message(records::Body& message) {
  Body body;
  body.inline_bytes = std::move(*message.mutable_inline_bytes());
  LAPIS_TRY(body.blocks, take_blocks(message.mutable_blocks()));
  body.listed = message.listed();
  body.id.value = message.id();
  body.segments.reserve(static_cast<std::size_t>(message.segments_size()));
  std::uint64_t first = 0;
  for (const records::SegmentRef& ref : message.segments()) {
    const bool fits = ref.length() <= std::numeric_limits<std::int64_t>::max() - first;
    if (ref.length() == 0 || !fits) return damaged("blob");
    body.segments.push_back({SegmentId{ref.id()}, ref.length(), ref.blocks(), first});
    first += ref.length();
  }
  for (Block& block : body.blocks) {
    if (block.length > std::numeric_limits<std::int64_t>::max() - first) return damaged("blob");
    block.first = first;
    first += block.length;
  }
  body.pages = {PageMapId{message.page_map()}, message.page_generation(), message.length_changes()};
  const bool has_content = first != 0 || !body.inline_bytes.empty();
  if (has_pages(body) != (body.pages.generation != 0)) return damaged("blob");
  if (has_pages(body) && has_content) return damaged("blob");
  LAPIS_TRY(body.lender, lender_of(message.lender(), message.lent_body()));
  if (is_borrowed(body) && body.id == BodyId{}) return damaged("blob");
  if (message.layers_size() != 0 && !has_pages(body)) return damaged("blob");
  for (const records::PageLayer& one : message.layers()) {
    PageLayer layer{{PageMapId{one.map()}, one.generation(), 0}, one.end(), BodyId{one.id()}, {}};
    LAPIS_TRY(layer.lender, lender_of(one.lender(), one.lent_body()));
    const bool is_borrowed = layer.lender != Lender{};
    if (one.map() == 0 || one.generation() == 0 || is_borrowed != (layer.id != BodyId{})) {
      return damaged("blob");
    }
    body.layers.push_back(layer);
  }
  return body;
}

std::string encode_body(const Body& body) { return to_message(body).SerializeAsString(); }

Result<Body> decode_body(std::string_view encoded) {
  LAPIS_TRY(auto message, parse_message<records::Body>(encoded, "body"));
  return from_message(message);
}

Result<Lender> lender_of(std::uint64_t container, std::uint64_t body) {
  if ((container == 0) != (body == 0)) return damaged("lender");
  return Lender{ContainerId{container}, BodyId{body}};
}

std::string encode(const Segment& segment) {
  records::Segment message;
  for (const Block& block : segment.blocks) *message.add_blocks() = to_message(block);
  return message.SerializeAsString();
}

Result<Segment> decode_segment(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::Segment>(row, "segment"));
  LAPIS_TRY(auto blocks, take_blocks(message.mutable_blocks()));
  return Segment{std::move(blocks)};
}

std::string encode(const Block& block) {
  records::Block message = to_message(block);
  message.clear_id();
  return message.SerializeAsString();
}

Result<Block> decode_staged_block(std::string_view row, std::string_view id) {
  LAPIS_TRY(auto message, parse_message<records::Block>(row, "staged block"));
  LAPIS_TRY(Block block, from_message(message));
  block.id.text = id;
  return block;
}

}  // namespace lapis::blob
