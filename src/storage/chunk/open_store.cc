// LocalChunkStore::open, step by step: look at everything, refuse where anything is wrong, and only
// then write.
#include <algorithm>
#include <utility>

#include "lapis/base/log.h"
#include "storage/chunk/extent_recovery.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/known_rows.h"
#include "storage/chunk/local_store.h"
#include "storage/chunk/lost_commits.h"
#include "storage/chunk/path_claims.h"

namespace lapis::storage {
namespace {

using ChangedRows = std::vector<std::pair<std::string, std::string>>;

struct Opening {
  const ChunkStoreOptions& options;
  LocalMetaStore& meta;
  io::FileSystem& files;
  StoreContext context;
  std::vector<io::Shard*> shards;

  KnownRows known;
  std::vector<PathClaim> claims;
  std::vector<RecoveredExtents> recovered;  // by claim
  ChunkId last_chunk;
  ChangedRows changed;
  std::unique_ptr<LocalStore> store;
};

io::Task<Result<void>> recover_all(Opening& opening, LostCommits& lost) {
  static const ExtentRecovery::Rows kNone;
  for (const PathClaim& claim : opening.claims) {
    if (!claim.superblock) {
      opening.recovered.emplace_back();
      continue;
    }
    const PathId id = claim.superblock->id;
    const auto row = opening.known.paths.find(id);
    const std::uint64_t registered = row == opening.known.paths.end() ? 0 : row->second.generation;
    // A start writes the superblock first, so one more is a start that was interrupted.
    if (claim.superblock->generation > registered + 1) {
      lost.add(claim.directory.string() + " was opened " +
               std::to_string(claim.superblock->generation) + " times, the metadata knows of " +
               std::to_string(registered));
    }
    const auto extents = opening.known.extents.find(id);
    const auto& rows = extents == opening.known.extents.end() ? kNone : extents->second;
    ExtentRecovery recovery(opening.context, id, claim.directory, rows, lost);
    LAPIS_CO_TRY(auto found, co_await recovery.run());
    opening.recovered.push_back(std::move(found));
  }
  co_return Result<void>{};
}

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

PathId new_path_id(const Opening& opening) {
  PathId last;
  for (const auto& [id, row] : opening.known.paths) last = std::max(last, id);
  for (const PathClaim& claim : opening.claims) {
    if (claim.superblock) last = std::max(last, claim.superblock->id);
  }
  return PathId{last.value + 1};
}

// Blocks. Superblocks first; the rows follow in one transaction.
Result<void> occupy_paths(Opening& opening) {
  const std::string uuid = opening.context.store.to_string();
  for (PathClaim& claim : opening.claims) {
    const PathId id = claim.superblock ? claim.superblock->id : new_path_id(opening);
    std::optional<PathRow> known;
    if (const auto it = opening.known.paths.find(id); it != opening.known.paths.end()) {
      known = it->second;
    }
    LAPIS_TRY(const PathRow row, occupy_path(claim, known, id, uuid, opening.files));
    opening.changed.emplace_back(path_key(id), encode(row));
  }
  return {};
}

Result<void> remove_leftovers(const PathClaim& claim, const RecoveredExtents& recovered,
                              io::FileSystem& files) {
  for (const ExtentId id : recovered.leftovers) {
    const auto name = extent_file(claim.directory, id);
    log_info("storage", "removing an extent that no row names", {{"extent", name.string()}});
    LAPIS_TRY_VOID(files.remove(name));
  }
  if (recovered.leftovers.empty()) return {};
  return files.sync_directory(extents_directory(claim.directory));
}

io::Task<Result<void>> put_changed(Opening& opening) {
  Transaction put = [rows = opening.changed](MetaView& view) -> Result<void> {
    for (const auto& [key, value] : rows) view.put(key, value);
    return {};
  };
  co_return co_await opening.meta.transact(Scope{}, std::move(put));
}

io::Task<void> add_path(Opening& opening, PathClaim& claim, RecoveredExtents& recovered) {
  const Superblock& superblock = *claim.superblock;
  const std::uint64_t min_free = claim.pool->min_free_bytes;
  PathSettings settings{.id = superblock.id,
                        .directory = claim.directory,
                        .pool = superblock.pool,
                        .pool_class = superblock.pool_class,
                        .extent_bytes = superblock.extent_bytes,
                        .min_free_bytes = min_free != 0 ? min_free : superblock.extent_bytes};
  PoolPath& path = opening.store->add_path(std::move(settings), std::move(*claim.lock));
  path.supply.set_last_id(recovered.last);
  // The supply looks for itself later; without this, writes that come before would find no room.
  if (const auto space = opening.files.space(claim.directory)) {
    const PathSettings& kept = path.state.settings();
    const std::uint64_t free =
        space->available_bytes - std::min(space->available_bytes, kept.min_free_bytes);
    path.state.set_room_bytes(free / kept.extent_bytes * path.state.max_frame_bytes());
  }
  for (RecoveredExtent& extent : recovered.extents) {
    opening.store->add_extent(path, extent.id, extent.row, std::move(extent.reader));
  }
  co_await path.supply.look();
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
  LostCommits lost(opening.meta.durable_sequence(), opening.context.epoch);
  LAPIS_CO_TRY_VOID(co_await recover_all(opening, lost));
  LAPIS_CO_TRY_VOID(judge(opening, lost));
  LAPIS_CO_TRY_VOID(occupy_paths(opening));
  for (std::size_t i = 0; i < opening.claims.size(); ++i) {
    const PathId path = opening.claims[i].superblock->id;
    for (const RecoveredExtent& extent : opening.recovered[i].extents) {
      if (!extent.is_changed) continue;
      opening.changed.emplace_back(extent_key(path, extent.id), encode(extent.row));
    }
    LAPIS_CO_TRY_VOID(remove_leftovers(opening.claims[i], opening.recovered[i], opening.files));
  }
  LAPIS_CO_TRY_VOID(co_await put_changed(opening));
  LAPIS_CO_TRY(const auto ids, co_await reserve_ids(opening));
  opening.store = std::make_unique<LocalStore>(opening.context, opening.shards);
  for (std::size_t i = 0; i < opening.claims.size(); ++i) {
    co_await add_path(opening, opening.claims[i], opening.recovered[i]);
  }
  opening.store->add_slots(opening.options.chunk_cache_bytes, ids);
  opening.store->start_background(opening.meta.snapshot());
  co_return Result<void>{};
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
  const StoreContext context{meta,  files,       blocking,     background,
                             clock, meta.uuid(), meta.epoch(), shards.size() + 1};
  Opening opening{options, meta, files, context, std::move(shards), {}, {}, {}, {}, {}, {}};
  LAPIS_TRY(opening.known, load_known_rows(*meta.snapshot()));
  LAPIS_TRY(opening.claims,
            claim_paths(options.pools, opening.known, meta.uuid().to_string(), files));
  Result<void> outcome;
  background.run(run_opening(opening, outcome));
  if (!outcome) return fail(std::move(outcome).error());
  return std::move(opening.store);
}

}  // namespace lapis::storage
