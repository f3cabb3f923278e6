#include "storage/chunk/path_changes.h"

#include <algorithm>
#include <functional>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/chunk_scan.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

using Path = std::filesystem::path;

std::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

// Runs `work` on another shard and comes back.
struct Elsewhere {
  io::Shard& shard;
  io::Work work;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    io::Executor* home = io::Executor::current();
    shard.post([this, home, handle] {
      work();
      home->post([handle] { handle.resume(); });
    });
  }
  void await_resume() const noexcept {}
};

// Blocks.
Result<void> mark_retired(const Path& directory, io::FileSystem& files) {
  const Path name = directory / kSuperblockName;
  LAPIS_TRY(const std::string text, files.read_file(name, kMaxSuperblockBytes));
  LAPIS_TRY(Superblock superblock, decode_superblock(text));
  superblock.is_retired = true;
  return files.replace_file(name, encode(superblock));
}

}  // namespace

Result<std::size_t> PathChanges::find(const Path& directory) const {
  const Path wanted = normal_directory(directory);
  for (std::size_t i = 0; i < work_.paths.size(); ++i) {
    const PathState& path = work_.paths[i].state;
    if (path.settings().directory == wanted && path.mode() != PathMode::kRetired) return i;
  }
  return refuse(wanted.string() + " is no path of this store");
}

// --- adding ---

io::Task<Result<void>> PathChanges::add(std::string pool, Path directory) {
  const Turns::Turn turn = co_await work_.turns.take();
  const PoolOptions* options = work_.pool(pool);
  if (options == nullptr) co_return refuse("no pool is called " + pool);
  if (find(directory)) co_return refuse(directory.string() + " is a path already");
  if (work_.paths.size() == PathSet::kMaxPaths) co_return refuse("there are too many paths");
  auto claim = [&] { return claim_new(directory, *options); };
  LAPIS_CO_TRY(NewPath added, co_await work_.context.blocking.run(std::ref(claim)));
  LAPIS_CO_TRY(const auto lost, co_await find_lost(work_.context, added.admission));
  if (lost) co_return refuse(*lost);
  LAPIS_CO_TRY_VOID(co_await admit(work_.context, added.admission, added.id));
  co_await work_.adoption.adopt(std::move(added.admission));
  crash_point(CrashPoint::kAddAdopted);
  PoolPath& path = work_.paths[work_.paths.size() - 1];
  path.supply.make_ready();
  log_info("storage", "pool path added; the configuration should name it",
           {{"path", path.state.settings().directory.string()}, {"pool", pool}});
  co_return Result<void>{};
}

// Blocks.
Result<PathChanges::NewPath> PathChanges::claim_new(const Path& directory,
                                                    const PoolOptions& pool) const {
  KnownRows known;
  LAPIS_TRY(known.paths, load_path_rows(*work_.context.meta.snapshot()));
  PathClaim claim;
  claim.directory = normal_directory(directory);
  claim.pool = &pool;
  claim.is_configured = false;
  claim.is_asked_for = true;
  const Result<void> claimed =
      claim_path(claim, known, work_.context.store.to_string(), work_.context.files);
  if (!claimed) return refuse(claimed.error().detail);
  const std::string where = claim.directory.string();
  if (claim.is_retired) return refuse(where + " was retired; empty it to use it anew");
  if (claim.superblock && known.paths.contains(claim.superblock->id)) {
    return refuse(where + " holds a path that is registered elsewhere");
  }
  return NewPath{admission_of(std::move(claim), known), next_path_id(known)};
}

// --- read-only, draining, online again ---

io::Task<Result<void>> PathChanges::set_mode(Path directory, PathMode mode) {
  const Turns::Turn turn = co_await work_.turns.take();
  LAPIS_CO_TRY(const std::size_t index, find(directory));
  if (mode == PathMode::kDraining) LAPIS_CO_TRY_VOID(check_others_writable(index));
  PoolPath& path = work_.paths[index];
  crash_point(CrashPoint::kModeBeforeRow);
  LAPIS_CO_TRY_VOID(co_await put_mode(path.state.settings().id, mode));
  crash_point(CrashPoint::kModeRowWritten);
  path.state.set_mode(mode);
  if (mode == PathMode::kNormal) {
    path.state.clear_failures();
  } else {
    co_await seal_everywhere(index);
  }
  crash_point(CrashPoint::kModeChanged);
  path.supply.make_ready();  // or gives back what was
  log_info("storage", "pool path has changed",
           {{"path", path.state.settings().directory.string()},
            {"state", name_of(path.state.status())}});
  co_return Result<void>{};
}

Result<void> PathChanges::check_others_writable(std::size_t path) const {
  for (std::size_t i = 0; i < work_.paths.size(); ++i) {
    if (i != path && work_.paths[i].state.is_writable()) return {};
  }
  return refuse("no other path takes writes: what lies on this one has nowhere to go");
}

io::Task<Result<void>> PathChanges::put_mode(PathId path, PathMode mode) {
  Transaction change = [path, mode](MetaView& view) -> Result<void> {
    LAPIS_TRY(const auto stored, view.get(path_key(path)));
    if (!stored) return fail(ErrorCode::kInternalError, "path has no row");
    LAPIS_TRY(PathRow row, decode_path_row(*stored));
    row.mode = mode;
    view.put(path_key(path), encode(row));
    if (mode == PathMode::kRetired) view.erase_range(extents_begin(path), extents_end(path));
    return {};
  };
  co_return co_await work_.context.meta.transact(Scope{}, std::move(change));
}

// No shard begins a frame there when it completes: each has seen the mode before, or is told here.
io::Task<void> PathChanges::seal_everywhere(std::size_t path) {
  for (const auto& slot : slots_) {
    Elsewhere sealed{slot->shard, [&slot, path] { slot->open.seal(path); }};
    co_await sealed;
  }
}

// --- retiring ---

io::Task<Result<void>> PathChanges::retire(Path directory) {
  const Turns::Turn turn = co_await work_.turns.take();
  LAPIS_CO_TRY(const std::size_t index, find(directory));
  PoolPath& path = work_.paths[index];
  if (path.state.mode() != PathMode::kDraining) co_return refuse("drain the path first");
  LAPIS_CO_TRY_VOID(check_unused(path));
  LAPIS_CO_TRY_VOID(co_await check_unnamed(path.state.settings().id));
  crash_point(CrashPoint::kRetireBeforeRows);
  LAPIS_CO_TRY_VOID(co_await put_mode(path.state.settings().id, PathMode::kRetired));
  crash_point(CrashPoint::kRetireRowsGone);
  co_await let_go(path);
  crash_point(CrashPoint::kRetireMarked);
  log_info("storage", "pool path is retired; the configuration need not name it any more",
           {{"path", path.state.settings().directory.string()}});
  co_return Result<void>{};
}

// By the counters, which say why not, and by the pins: nothing is on its way to a row.
Result<void> PathChanges::check_unused(const PoolPath& path) const {
  if (!path.state.is_present()) return {};  // nothing can be written there; the rows decide
  if (!reclaimer_.is_accounted()) {
    return fail(ErrorCode::kServerBusy, "what lies on the path has not been counted yet");
  }
  std::int64_t live = 0;
  std::uint64_t in_use = 0;
  path.state.extents().for_each([&](const Extent& extent) {
    live += std::max<std::int64_t>(extent.live_bytes(), 0);
    in_use += extent.is_pinned() || extent.state() == ExtentState::kOpen ? 1 : 0;
  });
  if (live != 0) {
    return refuse(std::to_string(live) + " bytes still lie on the path; they have to move off");
  }
  if (in_use != 0) {
    return fail(ErrorCode::kServerBusy,
                std::to_string(in_use) + " extents of the path are still in use");
  }
  return {};
}

// Counters never decide that data may go (I3): no chunk's row may name the path.
io::Task<Result<void>> PathChanges::check_unnamed(PathId path) {
  ChunkScan scan(work_.context, work_.context.meta.snapshot());
  while (true) {
    if (abandoned_) co_return fail(ErrorCode::kServerBusy, "the store is being closed");
    LAPIS_CO_TRY(const ChunkScan::Batch batch, co_await scan.next());
    for (const ChunkScan::Named& named : batch.named) {
      if (named.place.path != path) continue;
      co_return refuse("chunk " + std::to_string(named.chunk.value) + " still lies on the path");
    }
    if (batch.is_last) co_return Result<void>{};
  }
}

io::Task<void> PathChanges::let_go(PoolPath& path) {
  const bool was_present = path.state.is_present();
  path.state.set_retired();
  if (was_present) {
    auto mark = [&] { return mark_retired(path.state.settings().directory, work_.context.files); };
    const Result<void> marked = co_await work_.context.blocking.run(std::ref(mark));
    if (!marked) {  // its row says so all the same
      log_warn("storage", "the superblock of a retired path could not be marked",
               {{"path", path.state.settings().directory.string()},
                {"error", to_string(marked.error())}});
    }
  }
  path.lock.reset();
}

}  // namespace lapis::storage
