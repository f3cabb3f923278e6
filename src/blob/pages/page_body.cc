#include "blob/pages/page_body.h"

namespace lapis::blob {

Result<PageChange> change_of(ContainerId container, const TakenBody& taken, BlockBytesId bytes_row,
                             std::uint64_t first, std::uint64_t pages) {
  PageChange change{first, first + pages, {}};
  if (!taken.stored) {
    change.targets.push_back(
        {{container.value, bytes_row.value}, first, static_cast<std::uint32_t>(pages)});
    return change;
  }
  for (const storage::ChunkRef& chunk : taken.stored->chunks()) {
    if (chunk.length % kPageBytes != 0) {
      return fail(ErrorCode::kInternalError, "a chunk ends within a page");
    }
    const auto length = static_cast<std::uint32_t>(chunk.length / kPageBytes);
    change.targets.push_back({{0, chunk.id.value}, first, length});
    first += length;
  }
  return change;
}

void record_pages(storage::MetaView& view, ContainerId container, const TakenBody& taken,
                  BlockBytesId bytes_row) {
  if (taken.stored) return taken.stored->record(view, storage::HeatRank::kNormal);
  view.put(block_bytes_key(container, bytes_row), taken.bytes);
}

}  // namespace lapis::blob
