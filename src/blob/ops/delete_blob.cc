#include "lapis/blob/ops/delete_blob.h"

#include <algorithm>
#include <span>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/past_list.h"
#include "blob/past_states.h"
#include "blob/release.h"
#include "blob/state_row.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

// Snapshots that keep being taken make the list of them stale each time.
constexpr int kAttempts = 8;
// That one transaction deletes, a power of four: the committer is everybody's.
constexpr std::size_t kSnapshotsAtOnce = 256;

Result<void> check_tier(const TierConditions& conditions, const BlobProperties& properties) {
  const Timestamp set = properties.tier_changed.value_or(properties.created);
  const Timestamp shown = std::chrono::floor<std::chrono::seconds>(set);
  const auto& since = conditions.if_modified_since;
  const auto& until = conditions.if_unmodified_since;
  if ((!since || shown > *since) && (!until || shown <= *until)) return {};
  return fail(ErrorCode::kConditionNotMet, "the access tier's time");
}

Result<void> check(const DeleteBlob& request, const BlobRecord* blob, const ServiceClock& time) {
  if (blob != nullptr) {
    const BlobProperties& properties = blob->properties;
    LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, properties.lease, request.lease, time));
    LAPIS_TRY_VOID(check_no_copy(properties));
    const ConditionTarget target = target_of(properties);
    LAPIS_TRY_VOID(check_write(request.conditions, &target, false));
    return check_tier(request.tier, properties);
  }
  LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, std::nullopt, request.lease, time));
  LAPIS_TRY_VOID(check_write(request.conditions, nullptr, false));
  return check_tier(request.tier, BlobProperties{});
}

// What is soft-deleted is there for nobody but who deletes it for good.
Result<BlobRecord> find_deletable(std::optional<BlobRecord> past, const DeleteBlob& request) {
  if (!past || !is_named(request.key, past->properties)) return fail(ErrorCode::kBlobNotFound);
  const bool is_deleted = past->properties.deletion.has_value();
  if (is_deleted && !request.permanently) return fail(soft_deleted());
  if (!is_deleted && request.permanently) {
    return fail(ErrorCode::kBlobOperationNotSupported, "it is not soft-deleted");
  }
  return *std::move(past);
}

// A snapshot or a version.
Result<void> delete_state(storage::MetaView& view, const NamedAt& at, const DeleteBlob& request,
                          const ServiceClock& time) {
  const Timestamp state = *past_time_of(request.key);
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  if (request.key.version && rows.blob && rows.blob->properties.version == state) {
    return fail(ErrorCode::kOperationNotAllowedOnRootBlob);
  }
  BlobProperties* holder = holder_of(rows);
  if (holder == nullptr) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(auto row, read_past(view, at.container, at.name, state));
  LAPIS_TRY(BlobRecord past, find_deletable(std::move(row), request));
  LAPIS_TRY_VOID(check_may_go(past.properties, time));
  LAPIS_TRY_VOID(check(request, &past, time));
  if (request.permanently) {
    LAPIS_TRY_VOID(erase_past(view, at, state, std::move(past), *holder));
  } else {
    LAPIS_TRY_VOID(delete_past(view, at, state, std::move(past), *holder));
  }
  return write_holder(view, at, rows);
}

struct Change {
  const NamedAt& at;
  const DeleteBlob& request;
  const PastList& snapshots;  // as far as they were looked up
  std::size_t most;           // of them that may go at once
  const ServiceClock& time;
  std::size_t went = 0;       // out: of them, the oldest
  std::uint64_t changes = 0;  // out: the stamp after that
  bool is_stale = false;      // out: nothing was written, look them up again
  bool is_done = false;       // out: nothing is left to delete
  bool is_gone = true;        // out: nothing is kept of the base blob
};

// A base blob does not go without them. Snapshots that are soft-deleted are no reason to keep it as
// long as it is kept with them.
bool is_held(const BlobProperties& blob, const Keeping& keeping) {
  return blob.snapshots != 0 || (blob.deleted_snapshots != 0 && !outlives(blob, keeping));
}

Result<void> delete_snapshots(storage::MetaView& view, Change& change, BlobProperties& holder) {
  const NamedAt& at = change.at;
  const std::span<const Timestamp> times(change.snapshots.times);
  change.went = std::min(change.most, times.size());
  for (const Timestamp time : times.first(change.went)) {
    LAPIS_TRY(auto snapshot, read_past(view, at.container, at.name, time));
    if (!snapshot) return fail(ErrorCode::kInternalError, "a snapshot has no row");
    LAPIS_TRY_VOID(check_may_go(snapshot->properties, change.time));
    LAPIS_TRY_VOID(delete_past(view, at, time, *std::move(snapshot), holder));
  }
  change.changes = holder.past_changes;
  return {};
}

// That there is nothing to delete: it is the versions that show the name, one by one to be deleted.
ErrorCode absence_of(const BlobRows& rows) {
  const bool is_marker = rows.root && has_versions(rows.root->properties);
  return is_marker ? ErrorCode::kOperationNotAllowedOnRootBlob : ErrorCode::kBlobNotFound;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const DeleteBlob& request = change.request;
  const NamedAt& at = change.at;
  change.went = 0;
  change.is_stale = change.is_done = false;
  change.is_gone = true;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  if (!rows.blob && !(rows.upload && request.staged_too)) return fail(absence_of(rows));
  LAPIS_TRY_VOID(check(request, rows.blob ? &*rows.blob : nullptr, change.time));
  if (rows.blob && is_held(rows.blob->properties, at.keeping) &&
      request.snapshots == SnapshotDeletion::kNone) {
    return fail(ErrorCode::kSnapshotsPresent);
  }
  const bool only_snapshots = request.snapshots == SnapshotDeletion::kOnly;
  if (rows.blob && rows.blob->properties.snapshots != 0) {
    BlobProperties& blob = rows.blob->properties;
    change.is_stale = !are_all(change.snapshots, blob);
    if (change.is_stale) return {};
    LAPIS_TRY_VOID(delete_snapshots(view, change, blob));
    change.is_done = only_snapshots && blob.snapshots == 0;
    if (only_snapshots || blob.snapshots != 0) return write_holder(view, at, rows);
  }
  change.is_done = true;
  if (only_snapshots) return {};
  if (rows.upload) discard_upload(view, at.container, at.name, rows.upload->id);
  if (!rows.blob) return {};
  index_tags(view, at.container, at.name, rows.blob->properties.tags, {});
  LAPIS_TRY(change.is_gone, delete_base(view, at, rows));
  return {};
}

void take_out(PastList& snapshots, const Change& change) {
  snapshots.times.erase(snapshots.times.begin(),
                        snapshots.times.begin() + static_cast<std::ptrdiff_t>(change.went));
  snapshots.changes = change.changes;
}

// Many snapshots go before the blob, a bounded number at a time. What ends it early (a crash, a
// condition that holds no longer) leaves the blob with the youngest of them. It is done when the
// last transaction saw that none is left, whoever took one in between.
io::Task<Result<DeleteBlobResult>> delete_whole(Service& service, const NamedAt& at,
                                                const DeleteBlob& request) {
  PastList snapshots;
  std::size_t most = kSnapshotsAtOnce;
  bool any_kept = false;
  for (int stale = 0; stale < kAttempts;) {
    Change change{at, request, snapshots, most, *service.time};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    const auto done = co_await service.meta.transact({at.container}, std::move(transaction));
    if (!done) {
      const bool is_full = done.error().code == ErrorCode::kInsufficientStorage;
      if (!is_full || most == 1 || snapshots.times.empty()) co_return fail(done.error());
      most /= 4;  // a disk that is nearly full takes small transactions still
      continue;
    }
    any_kept = any_kept || (change.went != 0 && at.keeping.deleted_until);
    if (change.is_done) co_return DeleteBlobResult{change.is_gone && !any_kept};
    if (!change.is_stale) {
      take_out(snapshots, change);
      continue;
    }
    ++stale;
    const auto now = service.meta.snapshot();
    auto job = [&] { return find_past(*now, at.container, at.name, PastKind::kSnapshots); };
    LAPIS_CO_TRY(snapshots, co_await service.blocking.run(std::move(job)));
    // Before the first of several transactions, so that nothing goes where not all may.
    for (const BlobProperties& one : snapshots.protected_ones) {
      LAPIS_CO_TRY_VOID(check_may_go(one, *service.time));
    }
  }
  co_return fail(ErrorCode::kServerBusy, "snapshots keep being taken while the blob is deleted");
}

}  // namespace

io::Task<Result<DeleteBlobResult>> delete_blob(Service& service, DeleteBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  auto keeping = peek_keeping(service, request.key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, request.key.account));
  }
  const NamedAt at{container->id, request.key.name, service.clock.now(), *keeping};
  if (!past_time_of(request.key)) co_return co_await delete_whole(service, at, request);
  if (request.permanently && !keeping->permanent_delete) {
    co_return fail(ErrorCode::kBlobOperationNotSupported, "permanent deletion is off");
  }
  auto transaction = [&](storage::MetaView& view) {
    return delete_state(view, at, request, *service.time);
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return DeleteBlobResult{request.permanently || !keeping->deleted_until};
}

}  // namespace lapis::blob
