#include "lapis/blob/ops/delete_blob.h"

#include <utility>

#include "blob/blob_rows.h"
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

Result<void> check(const DeleteBlob& request, const BlobRecord* blob, const ServiceClock& time) {
  if (blob != nullptr) {
    return check_change(LeaseUse::kWriteBlob, blob->properties, request.lease, request.conditions,
                        time);
  }
  LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, std::nullopt, request.lease, time));
  return check_write(request.conditions, nullptr, false);
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
  const ServiceClock& time;
  bool stale = false;        // out: nothing was written, look them up again
  bool is_permanent = true;  // out
};

// A base blob does not go without them. Snapshots that are soft-deleted are no reason to keep it as
// long as it is kept with them.
bool is_held(const BlobProperties& blob, const Keeping& keeping) {
  return blob.snapshots != 0 || (blob.deleted_snapshots != 0 && !outlives(blob, keeping));
}

Result<void> delete_snapshots(storage::MetaView& view, Change& change, BlobRows& rows) {
  BlobProperties& holder = rows.blob->properties;
  change.stale = !are_all(change.snapshots, holder);
  if (change.stale) return {};
  const NamedAt& at = change.at;
  for (const Timestamp time : change.snapshots.times) {
    LAPIS_TRY(auto snapshot, read_past(view, at.container, at.name, time));
    if (!snapshot) return fail(ErrorCode::kInternalError, "a snapshot has no row");
    LAPIS_TRY_VOID(delete_past(view, at, time, *std::move(snapshot), holder));
  }
  change.is_permanent = !at.keeping.deleted_until;
  return {};
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const DeleteBlob& request = change.request;
  const NamedAt& at = change.at;
  change.stale = false;
  change.is_permanent = true;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  if (!rows.blob && !rows.upload) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY_VOID(check(request, rows.blob ? &*rows.blob : nullptr, change.time));
  if (rows.blob && is_held(rows.blob->properties, at.keeping) &&
      request.snapshots == SnapshotDeletion::kNone) {
    return fail(ErrorCode::kSnapshotsPresent);
  }
  if (rows.blob && rows.blob->properties.snapshots != 0) {
    LAPIS_TRY_VOID(delete_snapshots(view, change, rows));
    if (change.stale) return {};
    if (request.snapshots == SnapshotDeletion::kOnly) return write_holder(view, at, rows);
  }
  if (request.snapshots == SnapshotDeletion::kOnly) return {};
  if (rows.upload) discard_upload(view, at.container, at.name, rows.upload->id);
  if (!rows.blob) return {};
  index_tags(view, at.container, at.name, rows.blob->properties.tags, {});
  LAPIS_TRY(const bool is_gone, delete_base(view, at, rows));
  change.is_permanent = change.is_permanent && is_gone;
  return {};
}

io::Task<Result<DeleteBlobResult>> delete_whole(Service& service, const NamedAt& at,
                                                const DeleteBlob& request) {
  PastList snapshots;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Change change{at, request, snapshots, *service.time};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({at.container}, std::move(transaction)));
    if (!change.stale) co_return DeleteBlobResult{change.is_permanent};
    const auto now = service.meta.snapshot();
    auto job = [&] { return find_past(*now, at.container, at.name, PastKind::kSnapshots); };
    LAPIS_CO_TRY(snapshots, co_await service.blocking.run(std::move(job)));
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
