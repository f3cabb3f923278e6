#include "storage/chunk/chunk_scan.h"

#include <functional>

#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

constexpr int kBatchRows = 4096;

}  // namespace

io::Task<Result<ChunkScan::Batch>> ChunkScan::next() {
  auto read = [this] { return read_batch(); };
  co_return co_await context_.blocking.run(std::ref(read));
}

// Blocks: on the pool.
Result<ChunkScan::Batch> ChunkScan::read_batch() {
  if (!cursor_) {
    cursor_ = snapshot_->scan(table_begin(Table::kChunk), table_end(Table::kChunk));
  }
  Batch batch;
  int rows = 0;
  for (; rows < kBatchRows && cursor_->valid(); cursor_->next(), ++rows) {
    const Bytes key = as_bytes(cursor_->key());
    if (key.size() != 9) return fail(ErrorCode::kInternalError, "chunk row: key");
    LAPIS_TRY(const ChunkRow row, decode_chunk_row(cursor_->value()));
    for (const Place& place : row.places) {
      batch.named.push_back({ChunkId{load_be<std::uint64_t>(key, 1)}, place,
                             static_cast<std::int64_t>(row.bytes_on_disk())});
    }
  }
  if (rows < kBatchRows) {
    LAPIS_TRY_VOID(cursor_->status());
    batch.is_last = true;
  }
  return batch;
}

}  // namespace lapis::storage
