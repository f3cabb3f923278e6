#include "storage/chunk/accounting.h"

#include <functional>

#include "lapis/base/log.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

constexpr int kBatchRows = 4096;

}  // namespace

Accounting::Accounting(const StoreContext& context, const PathSet& paths,
                       std::unique_ptr<MetaSnapshot> snapshot)
    : context_(context), paths_(paths), snapshot_(std::move(snapshot)) {}

io::Task<bool> Accounting::run() {
  auto read = [this] { return read_batch(); };
  bool complete = false;
  while (!complete && !stopping_) {
    const Result<Batch> batch = co_await context_.blocking.run(std::ref(read));
    if (!batch && batch.error().code == ErrorCode::kServerBusy) {
      co_await context_.background.sleep(std::chrono::milliseconds(100));
      continue;
    }
    if (!batch) {
      log_error("storage", "chunk rows cannot be counted: no space is reclaimed until a restart",
                {{"error", to_string(batch.error())}});
      break;
    }
    for (const Named& named : batch->named) count(named);
    complete = batch->is_last;
  }
  cursor_.reset();
  snapshot_.reset();
  co_return complete;
}

// Blocks: on the pool.
Result<Accounting::Batch> Accounting::read_batch() {
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

void Accounting::count(const Named& named) {
  if (Extent* extent = paths_.find(named.place)) {
    extent->add_live(named.frame_bytes);
    return;
  }
  log_error("storage", "a chunk row names an extent that does not exist",
            {{"chunk", named.chunk.value},
             {"path_id", named.place.path.value},
             {"extent", named.place.extent.value}});
}

}  // namespace lapis::storage
