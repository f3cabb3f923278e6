#include "lapis/blob/placement_hints.h"

#include <string>
#include <utility>
#include <vector>

#include "blob/blob_rows.h"
#include "blob/hint_queue.h"
#include "blob/row_pages.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

using storage::HeatRank;
using storage::Table;

// Chunks and entries that one transaction changes: the committer is everybody's.
constexpr std::size_t kInTransaction = 256;

// The ranks of one container's chunks on their way. An entry is taken out of the queue no earlier
// than the last of its blob's chunks has its rank.
class RankBatch {
 public:
  RankBatch(Service& service, ContainerId container, HintStats& stats)
      : service_(service), container_(container), stats_(stats) {}

  io::Task<Result<void>> add_blob(const BlobRecord& blob) {
    const HeatRank rank = rank_of(blob.properties.tier);
    LAPIS_CO_TRY_VOID(co_await add_blocks(blob.body.blocks, rank));
    const ContainerId space = space_of(container_, blob.body);
    for (const SegmentRef& ref : blob.body.segments) {
      LAPIS_CO_TRY(const auto row, co_await service_.meta.get(segment_key(space, ref.id)));
      if (!row) continue;  // the blob was replaced since, and is queued again where that matters
      LAPIS_CO_TRY(const Segment segment, decode_segment(*row));
      LAPIS_CO_TRY_VOID(co_await add_blocks(segment.blocks, rank));
    }
    ++stats_.blobs;
    co_return Result<void>{};
  }

  io::Task<Result<void>> add_done(Row entry) {
    done_.push_back(std::move(entry));
    co_return done_.size() < kInTransaction ? Result<void>{} : co_await flush();
  }

  io::Task<Result<void>> flush() {
    if (ranks_.empty() && done_.empty()) co_return Result<void>{};
    auto transaction = [this](storage::MetaView& view) { return apply(view); };
    LAPIS_CO_TRY_VOID(co_await service_.meta.transact({container_}, std::move(transaction)));
    stats_.chunks += ranks_.size();
    ranks_.clear();
    done_.clear();
    co_return Result<void>{};
  }

 private:
  io::Task<Result<void>> add_blocks(const std::vector<Block>& blocks, HeatRank rank) {
    for (const Block& block : blocks) {
      for (const storage::ChunkRef& chunk : block.chunks) {
        ranks_.emplace_back(chunk.id, rank);
        if (ranks_.size() < kInTransaction) continue;
        LAPIS_CO_TRY_VOID(co_await flush());
      }
    }
    co_return Result<void>{};
  }

  Result<void> apply(storage::MetaView& view) const {
    for (const auto& [chunk, rank] : ranks_) {
      LAPIS_TRY_VOID(service_.chunks.set_rank(view, chunk, rank));
    }
    for (const Row& entry : done_) {
      LAPIS_TRY(const auto now, view.get(entry.key));
      if (now && *now == entry.value) view.erase(entry.key);  // else it was queued again
    }
    return {};
  }

  Service& service_;
  const ContainerId container_;
  HintStats& stats_;
  std::vector<std::pair<ChunkId, HeatRank>> ranks_;
  std::vector<Row> done_;
};

// A blob that is gone needs nothing. One that cannot be read is not asked again and again.
io::Task<Result<void>> rank_blob(Service& service, RankBatch& batch, const HintKey& key) {
  LAPIS_CO_TRY(const auto row, co_await service.meta.get(blob_key(key.container, key.name)));
  if (!row) co_return Result<void>{};
  const auto blob = decode_blob(*row);
  if (blob) co_return co_await batch.add_blob(*blob);
  log_error("blob", "the chunks of a blob keep their ranks, as it cannot be read",
            {{"reason", to_string(blob.error())}});
  co_return Result<void>{};
}

io::Task<Result<void>> rank_page(Service& service, RowPage page, const std::atomic<bool>& stopping,
                                 HintStats& stats) {
  std::unique_ptr<RankBatch> batch;
  ContainerId container;
  for (Row& row : page) {
    if (stopping.load(std::memory_order_relaxed)) break;
    const auto key = parse_hint_key(row.key);
    if (!key) co_return fail(ErrorCode::kInternalError, "hint key is damaged");
    if (!batch || container != key->container) {
      if (batch) LAPIS_CO_TRY_VOID(co_await batch->flush());
      container = key->container;
      batch = std::make_unique<RankBatch>(service, container, stats);
    }
    LAPIS_CO_TRY_VOID(co_await rank_blob(service, *batch, *key));
    LAPIS_CO_TRY_VOID(co_await batch->add_done(std::move(row)));
  }
  if (batch) LAPIS_CO_TRY_VOID(co_await batch->flush());
  co_return Result<void>{};
}

}  // namespace

HeatRank rank_of(AccessTier tier) {
  const bool is_asked_down =
      tier == AccessTier::kCool || tier == AccessTier::kCold || tier == AccessTier::kArchive;
  return is_asked_down ? HeatRank::kAskedDown : HeatRank::kNormal;
}

// The value makes one entry different from the next: see RankBatch::apply.
void queue_hint(storage::MetaView& view, ContainerId container, std::string_view name) {
  view.put(hint_key(container, name), std::to_string(view.next_id()));
}

io::Task<Result<HintStats>> apply_placement_hints(Service& service,
                                                  const std::atomic<bool>& stopping) {
  HintStats stats;
  std::string first = table_prefix(Table::kHint);
  const std::string last = prefix_end(first);
  while (!stopping.load(std::memory_order_relaxed)) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service, first, last));
    if (page.empty()) break;
    first = after(page);
    LAPIS_CO_TRY_VOID(co_await rank_page(service, std::move(page), stopping, stats));
  }
  co_return stats;
}

}  // namespace lapis::blob
