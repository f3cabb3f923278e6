#include "blob/block_rows.h"

#include <utility>

namespace lapis::blob {
namespace {

constexpr std::size_t kErasedOneByOne = 64;

}  // namespace

Result<void> read_staged(storage::MetaSnapshot& snapshot, ContainerId container, UploadId upload,
                         BlockIndex& into) {
  const std::string prefix = upload_prefix(container, upload);
  const auto cursor = snapshot.scan(prefix, prefix_end(prefix));
  for (; cursor->valid(); cursor->next()) {
    const auto key = parse_staged_key(cursor->key());
    if (!key) return fail(ErrorCode::kInternalError, "staged block key is damaged");
    if (key->block.empty()) continue;  // the upload's name
    LAPIS_TRY(Block block, decode_staged_block(cursor->value(), key->block));
    into.add(std::move(block));
  }
  return cursor->status();
}

Result<CommittedBlocks> read_committed(storage::MetaSnapshot& snapshot, ContainerId container,
                                       const Body& body) {
  return body.listed ? read_blocks(snapshot, container, body) : CommittedBlocks{};
}

Result<CommittedBlocks> read_blocks(storage::MetaSnapshot& snapshot, ContainerId container,
                                    const Body& body) {
  const ContainerId space = space_of(container, body);
  const auto say_home = [&](std::vector<Block>& blocks) {
    if (space == container) return;
    for (Block& block : blocks) {
      const bool is_known = block.bytes_row == BlockBytesId{} || block.bytes_home != ContainerId{};
      if (!is_known) block.bytes_home = space;
    }
  };
  CommittedBlocks committed;
  committed.direct = body.blocks;
  say_home(committed.direct);
  committed.segments.reserve(body.segments.size());
  for (const SegmentRef& ref : body.segments) {
    LAPIS_TRY(const auto row, snapshot.get(segment_key(space, ref.id)));
    if (!row) return fail(ErrorCode::kInternalError, "segment has no row");
    LAPIS_TRY(Segment segment, decode_segment(*row));
    if (segment.blocks.empty()) return fail(ErrorCode::kInternalError, "segment is empty");
    say_home(segment.blocks);
    committed.segments.push_back({ref.id, std::move(segment)});
  }
  return committed;
}

void consume_upload(storage::MetaView& view, ContainerId container, std::string_view name,
                    UploadId upload, const BlockIndex& staged) {
  view.erase(upload_key(container, name));
  if (staged.all().size() > kErasedOneByOne) {
    const std::string prefix = upload_prefix(container, upload);
    view.erase_range(prefix, prefix_end(prefix));
    return;
  }
  view.erase(upload_name_key(container, upload));
  for (const Block& block : staged.all()) {
    view.erase(staged_block_key(container, upload, block.id));
  }
}

}  // namespace lapis::blob
