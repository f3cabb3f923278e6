#include "storage/chunk/missing_paths.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace lapis::storage {
namespace {

// The longest that closing the store waits for a pause.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

io::Task<void> MissingPaths::run() {
  while (!stopping_) {
    const bool any = co_await look_for_all();
    if (!any) co_return;
    co_await pause();
  }
}

// Whether any is missing still.
io::Task<bool> MissingPaths::look_for_all() {
  bool any = false;
  for (std::size_t i = 0; i < work_.paths.size() && !stopping_; ++i) {
    PoolPath& path = work_.paths[i];
    if (path.state.status() == PathStatus::kMissing) co_await look_for(path);
    any = any || path.state.status() == PathStatus::kMissing;
  }
  co_return any;
}

io::Task<void> MissingPaths::pause() {
  std::chrono::milliseconds left = work_.options.missing_interval;
  for (; left.count() > 0 && !stopping_; left -= kTick) {
    co_await work_.context.background.sleep(std::min(left, kTick));
  }
}

io::Task<void> MissingPaths::look_for(PoolPath& path) {
  const Turns::Turn turn = co_await work_.turns.take();
  if (path.state.status() != PathStatus::kMissing) co_return;
  const Result<void> taken = co_await take_back(path);
  if (!taken) path.state.set_missing(taken.error().detail);
}

io::Task<Result<void>> MissingPaths::take_back(PoolPath& path) {
  auto claim_it = [&] { return claim(path); };
  LAPIS_CO_TRY(Admission admission, co_await work_.context.blocking.run(std::ref(claim_it)));
  if (admission.claim.missing) co_return fail(ErrorCode::kServerBusy, admission.claim.why);
  const PathId id = path.state.settings().id;
  const std::string superblock = encode(*admission.claim.superblock);
  const auto refused = refused_.find(id);
  if (refused != refused_.end() && refused->second == superblock) {
    co_return fail(ErrorCode::kInternalError, path.state.problem());
  }
  LAPIS_CO_TRY(const auto lost, co_await find_lost(work_.context, admission));
  if (lost) {
    refused_[id] = superblock;
    co_return fail(ErrorCode::kInternalError, *lost);
  }
  LAPIS_CO_TRY_VOID(co_await admit(work_.context, admission, id));
  co_await work_.adoption.bring_back(path, std::move(admission));
  co_return Result<void>{};
}

// Blocks.
Result<Admission> MissingPaths::claim(const PoolPath& path) const {
  const PathSettings& settings = path.state.settings();
  const auto snapshot = work_.context.meta.snapshot();
  KnownRows known;
  LAPIS_TRY(known.paths, load_path_rows(*snapshot));
  LAPIS_TRY(known.extents[settings.id], load_extent_rows(*snapshot, settings.id));
  PathClaim claim;
  claim.directory = settings.directory;
  claim.pool = work_.pool(settings.pool);
  LAPIS_TRY_VOID(claim_path(claim, known, work_.context.store.to_string(), work_.context.files));
  claim.is_configured = !known.paths.at(settings.id).is_added;
  if (!claim.missing && (!claim.superblock || claim.superblock->id != settings.id)) {
    return fail(ErrorCode::kInternalError, "another path lies there");
  }
  return admission_of(std::move(claim), known);
}

}  // namespace lapis::storage
