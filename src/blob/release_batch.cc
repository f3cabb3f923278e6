#include "blob/release_batch.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "blob/row_pages.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kChunksInTransaction = 500;
constexpr std::size_t kRowsInTransaction = 1000;

}  // namespace

io::Task<Result<void>> ReleaseBatch::add_body(const Body& body) {
  LAPIS_CO_TRY_VOID(co_await add_blocks(body.blocks));
  for (const SegmentRef& ref : body.segments) {
    LAPIS_CO_TRY(const auto row, co_await service_.meta.get(segment_key(container_, ref.id)));
    if (!row) continue;  // freed before an interruption
    LAPIS_CO_TRY(const Segment segment, decode_segment(*row));
    LAPIS_CO_TRY_VOID(co_await add_blocks(segment.blocks));
    LAPIS_CO_TRY_VOID(co_await add_segment_row(ref.id));
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_segment_row(SegmentId segment) {
  return add_row(segment_key(container_, segment));
}

io::Task<Result<void>> ReleaseBatch::add_upload(UploadId upload) {
  std::string first = upload_prefix(container_, upload);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service_, first, last));
    if (page.empty()) break;
    first = after(page);
    for (Row& row : page) {
      const auto key = parse_staged_key(row.key);
      if (!key) co_return fail(ErrorCode::kInternalError, "staged block key is damaged");
      if (!key->block.empty()) {
        std::vector<Block> block(1);
        LAPIS_CO_TRY(block[0], decode_staged_block(row.value, key->block));
        LAPIS_CO_TRY_VOID(co_await add_blocks(block));
      }
      LAPIS_CO_TRY_VOID(co_await add_row(std::move(row.key)));
    }
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_row(std::string key) {
  rows_.push_back(std::move(key));
  if (rows_.size() >= kRowsInTransaction) {
    LAPIS_CO_TRY_VOID(co_await flush());
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_blocks(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    if (block.bytes_row != BlockBytesId{}) {
      LAPIS_CO_TRY_VOID(co_await add_row(block_bytes_key(container_, block.bytes_row)));
    }
    for (const storage::ChunkRef& chunk : block.chunks) {
      chunks_.push_back(chunk.id);
      if (chunks_.size() >= kChunksInTransaction) {
        LAPIS_CO_TRY_VOID(co_await flush());
      }
    }
  }
  co_return Result<void>{};
}

Result<void> ReleaseBatch::apply(storage::MetaView& view, storage::ChunkStore::Freed& freed) const {
  for (ChunkId chunk : chunks_) LAPIS_TRY_VOID(service_.chunks.release(view, chunk, freed));
  for (const std::string& row : rows_) view.erase(row);
  return {};
}

// A transaction may be run again: each run frees into a list of its own.
io::Task<Result<void>> ReleaseBatch::flush() {
  if (chunks_.empty() && rows_.empty()) co_return Result<void>{};
  std::ranges::sort(chunks_);
  const auto repeats = std::ranges::unique(chunks_);
  chunks_.erase(repeats.begin(), repeats.end());
  std::unique_ptr<storage::ChunkStore::Freed> freed;
  auto transaction = [this, &freed](storage::MetaView& view) {
    freed = service_.chunks.new_freed();
    return apply(view, *freed);
  };
  const Result<void> committed =
      co_await service_.meta.transact({container_}, std::move(transaction));
  failed_ = !committed.has_value();
  if (failed_) co_return committed;
  service_.chunks.released(std::move(freed));
  stats_.released_chunks += chunks_.size();
  chunks_.clear();
  rows_.clear();
  co_return Result<void>{};
}

}  // namespace lapis::blob
