#include "storage/chunk/path_admission.h"

#include <algorithm>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

// The metadata that the path has to be held against: what was recovered at the first start without
// it. What was lost before then and committed anew since would look whole today.
Sequence recovered_for(const StoreContext& context, const Admission& admission) {
  if (!admission.row || admission.row->away_since.value == 0) return context.recovered;
  return std::min(context.recovered, admission.row->away_since);
}

void check_superblock(const Admission& admission, LostCommits& lost) {
  const Superblock& superblock = *admission.claim.superblock;
  const std::uint64_t registered = admission.row ? admission.row->generation : 0;
  const std::string where = admission.claim.directory.string();
  // The superblock is written first, so one more is an opening that was interrupted.
  if (superblock.generation > registered + 1) {
    lost.add(where + " was opened " + std::to_string(superblock.generation) +
             " times, the metadata knows of " + std::to_string(registered));
  }
  if (superblock.is_retired) lost.add(where + " was retired, which the metadata does not know");
}

Result<void> remove_leftovers(const Admission& admission, io::FileSystem& files) {
  const auto& directory = admission.claim.directory;
  for (const ExtentId id : admission.recovered.leftovers) {
    const auto name = extent_file(directory, id);
    log_info("storage", "removing an extent that no row names", {{"extent", name.string()}});
    LAPIS_TRY_VOID(files.remove(name));
    crash_point(CrashPoint::kLeftoverRemoved);
  }
  if (admission.recovered.leftovers.empty()) return {};
  return files.sync_directory(extents_directory(directory));
}

}  // namespace

Admission admission_of(PathClaim claim, const KnownRows& known) {
  Admission admission;
  admission.claim = std::move(claim);
  if (!admission.claim.superblock && !admission.claim.missing) return admission;
  if (const auto row = known.paths.find(admission.id()); row != known.paths.end()) {
    admission.row = row->second;
  }
  if (const auto rows = known.extents.find(admission.id()); rows != known.extents.end()) {
    admission.extents = rows->second;
  }
  return admission;
}

io::Task<Result<void>> recover(const StoreContext& context, Admission& admission,
                               LostCommits& lost) {
  if (!admission.claim.superblock) co_return Result<void>{};
  LostCommits found(recovered_for(context, admission), context.epoch);
  check_superblock(admission, found);
  ExtentRecovery recovery(context, admission.id(), admission.claim.directory, admission.extents,
                          found);
  LAPIS_CO_TRY(admission.recovered, co_await recovery.run());
  lost.merge(found);
  co_return Result<void>{};
}

Result<void> occupy(const StoreContext& context, Admission& admission, PathId new_id) {
  PathClaim& claim = admission.claim;
  if (claim.missing) {
    if (admission.row->away_since.value == 0) admission.row->away_since = context.recovered;
    admission.row->is_added = !claim.is_configured;
    return {};
  }
  const PathId id = claim.superblock ? claim.superblock->id : new_id;
  LAPIS_TRY(admission.row,
            occupy_path(claim, admission.row, id, context.store.to_string(), context.files));
  return remove_leftovers(admission, context.files);
}

void put_rows(MetaView& view, const Admission& admission) {
  view.put(path_key(admission.id()), encode(*admission.row));
  for (const RecoveredExtent& extent : admission.recovered.extents) {
    if (!extent.is_changed) continue;
    view.put(extent_key(admission.id(), extent.id), encode(extent.row));
  }
}

}  // namespace lapis::storage
