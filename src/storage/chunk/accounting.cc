#include "storage/chunk/accounting.h"

#include <chrono>

#include "lapis/base/log.h"

namespace lapis::storage {

Accounting::Accounting(const StoreContext& context, const PathSet& paths,
                       std::unique_ptr<MetaSnapshot> snapshot)
    : context_(context), paths_(paths), scan_(std::in_place, context, std::move(snapshot)) {}

io::Task<bool> Accounting::run() {
  bool complete = false;
  while (!complete && !stopping_) {
    const Result<ChunkScan::Batch> batch = co_await scan_->next();
    if (!batch && batch.error().code == ErrorCode::kServerBusy) {
      co_await context_.background.sleep(std::chrono::milliseconds(100));
      continue;
    }
    if (!batch) {
      log_error("storage", "chunk rows cannot be counted: no space is reclaimed until a restart",
                {{"error", to_string(batch.error())}});
      break;
    }
    for (const ChunkScan::Named& named : batch->named) count(named);
    complete = batch->is_last;
  }
  scan_.reset();
  co_return complete;
}

void Accounting::count(const ChunkScan::Named& named) {
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
