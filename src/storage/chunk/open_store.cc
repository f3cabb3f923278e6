// LocalChunkStore::open, step by step: look at everything, refuse where anything is wrong, and only
// then write.
#include <algorithm>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/known_rows.h"
#include "storage/chunk/local_store.h"
#include "storage/chunk/lost_commits.h"
#include "storage/chunk/path_admission.h"

namespace lapis::storage {
namespace {

struct Opening {
  const ChunkStoreOptions& options;
  LocalMetaStore& meta;
  StoreContext context;
  std::vector<io::Shard*> shards;

  KnownRows known;
  std::vector<Admission> admissions;
  ChunkId last_chunk;
  std::unique_ptr<LocalStore> store;
};

// Evidence of later commits: refused until the operator says that they may be lost.
Result<void> judge(Opening& opening, const LostCommits& lost) {
  opening.last_chunk = lost.last_chunk();
  if (!lost.found()) return {};
  const std::string report = lost.report();
  if (!opening.options.accept_lost_commits) {
    log_error("storage", "refusing to start", {{"why", report}});
    return fail(ErrorCode::kInternalError,
                report + ". Restore a backup of the metadata, or accept the loss");
  }
  log_error("storage", "the operator accepts the loss; a new epoch begins", {{"lost", report}});
  LAPIS_TRY_VOID(opening.meta.start_new_epoch());
  opening.context.epoch = opening.meta.epoch();
  return {};
}

// Blocks. Superblocks first; the rows follow in one transaction.
Result<void> occupy_all(Opening& opening) {
  PathId next = next_path_id(opening.known);
  for (const Admission& admission : opening.admissions) {
    const auto& superblock = admission.claim.superblock;
    if (superblock) next.value = std::max(next.value, superblock->id.value + 1);
  }
  for (Admission& admission : opening.admissions) {
    const bool is_new = !admission.claim.superblock && !admission.claim.missing;
    LAPIS_TRY_VOID(occupy(opening.context, admission, next));
    if (is_new) ++next.value;
  }
  return {};
}

io::Task<Result<void>> put_all(Opening& opening) {
  Transaction put = [&opening](MetaView& view) -> Result<void> {
    for (const Admission& admission : opening.admissions) put_rows(view, admission);
    return {};
  };
  co_return co_await opening.meta.transact(Scope{}, std::move(put));
}

io::Task<Result<std::vector<ChunkIdRange>>> reserve_ids(Opening& opening) {
  const std::uint64_t slots = opening.context.slots;
  LAPIS_CO_TRY(ChunkIdRange all, co_await reserve_chunk_ids(opening.context, slots * kChunkIdRange,
                                                            opening.last_chunk.value + 1));
  std::vector<ChunkIdRange> ranges;
  for (std::uint64_t i = 0; i < slots; ++i, all.next += kChunkIdRange) {
    ranges.push_back({all.next, all.next + kChunkIdRange});
  }
  co_return ranges;
}

io::Task<Result<void>> open_on_background(Opening& opening) {
  LostCommits lost(opening.context.recovered, opening.context.epoch);
  for (Admission& admission : opening.admissions) {
    LAPIS_CO_TRY_VOID(co_await recover(opening.context, admission, lost));
  }
  LAPIS_CO_TRY_VOID(judge(opening, lost));
  LAPIS_CO_TRY_VOID(occupy_all(opening));
  crash_point(CrashPoint::kOpenBeforeRows);
  LAPIS_CO_TRY_VOID(co_await put_all(opening));
  crash_point(CrashPoint::kOpenRegistered);
  LAPIS_CO_TRY(const auto ids, co_await reserve_ids(opening));
  opening.store = std::make_unique<LocalStore>(opening.context, opening.shards, opening.options);
  for (Admission& admission : opening.admissions) {
    co_await opening.store->adopt(std::move(admission));
  }
  opening.store->add_slots(ids);
  co_return opening.store->start_background(opening.meta.snapshot());
}

io::Task<void> run_opening(Opening& opening, Result<void>& outcome) {
  outcome = co_await open_on_background(opening);
}

}  // namespace

Result<std::unique_ptr<LocalChunkStore>> LocalChunkStore::open(
    const ChunkStoreOptions& options, LocalMetaStore& meta, io::FileSystem& files,
    std::vector<io::Shard*> shards, io::Shard& background, io::BlockingPool& blocking,
    const Clock& clock) {
  for (std::size_t i = 0; i < shards.size(); ++i) LAPIS_CHECK(shards[i]->index() == i);
  const StoreContext context{meta,
                             files,
                             blocking,
                             background,
                             clock,
                             meta.uuid(),
                             meta.epoch(),
                             shards.size() + 1,
                             meta.durable_sequence()};
  Opening opening{options, meta, context, std::move(shards), {}, {}, {}, {}};
  LAPIS_TRY(opening.known, load_known_rows(*meta.snapshot()));
  LAPIS_TRY(auto claims, claim_paths(options.pools, opening.known, meta.uuid().to_string(), files));
  for (PathClaim& claim : claims) {
    opening.admissions.push_back(admission_of(std::move(claim), opening.known));
  }
  Result<void> outcome;
  background.run(run_opening(opening, outcome));
  if (!outcome) return fail(std::move(outcome).error());
  return std::move(opening.store);
}

}  // namespace lapis::storage
