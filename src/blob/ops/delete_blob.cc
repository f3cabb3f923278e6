#include "lapis/blob/ops/delete_blob.h"

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/snapshots.h"
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

// One snapshot. The blob itself, which counts them, is there as long as any of them is.
Result<void> erase_snapshot(storage::MetaView& view, ContainerId container,
                            const DeleteBlob& request, const ServiceClock& time) {
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, container, request.key.name));
  LAPIS_TRY(auto snapshot, read_past(view, container, request.key.name, *request.key.snapshot));
  if (!snapshot || !rows.blob) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY_VOID(check(request, &*snapshot, time));
  return erase_snapshots(view, container, request.key.name, {*request.key.snapshot}, *rows.blob);
}

struct Change {
  ContainerId container;
  const DeleteBlob& request;
  const std::vector<Timestamp>& snapshots;  // as far as they were looked up
  const ServiceClock& time;
  bool stale = false;  // out: nothing was written, look them up again
};

Result<void> apply(storage::MetaView& view, Change& change) {
  const DeleteBlob& request = change.request;
  const std::string& name = request.key.name;
  change.stale = false;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.container, name));
  if (!rows.blob && !rows.upload) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY_VOID(check(request, rows.blob ? &*rows.blob : nullptr, change.time));
  if (rows.blob && rows.blob->properties.snapshots != 0) {
    if (request.snapshots == SnapshotDeletion::kNone) return fail(ErrorCode::kSnapshotsPresent);
    LAPIS_TRY(const bool all_there,
              are_snapshots(view, change.container, name, change.snapshots, rows.blob->properties));
    change.stale = !all_there;
    if (change.stale) return {};
    LAPIS_TRY_VOID(erase_snapshots(view, change.container, name, change.snapshots, *rows.blob));
  }
  if (request.snapshots == SnapshotDeletion::kOnly) return {};
  if (rows.upload) discard_upload(view, change.container, name, rows.upload->id);
  if (!rows.blob) return {};
  view.erase(blob_key(change.container, name));
  index_tags(view, change.container, name, rows.blob->properties.tags, {});
  return drop_body(view, change.container, std::move(rows.blob->body));
}

io::Task<Result<void>> erase_blob(Service& service, ContainerId container,
                                  const DeleteBlob& request) {
  std::vector<Timestamp> snapshots;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Change change{container, request, snapshots, *service.time};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({container}, std::move(transaction)));
    if (!change.stale) co_return Result<void>{};
    const auto now = service.meta.snapshot();
    auto job = [&] { return find_snapshots(*now, container, request.key.name); };
    LAPIS_CO_TRY(snapshots, co_await service.blocking.run(std::move(job)));
  }
  co_return fail(ErrorCode::kServerBusy, "snapshots keep being taken while the blob is deleted");
}

}  // namespace

io::Task<Result<DeleteBlobResult>> delete_blob(Service& service, DeleteBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  if (!request.key.snapshot) {
    LAPIS_CO_TRY_VOID(co_await erase_blob(service, container->id, request));
    co_return DeleteBlobResult{};
  }
  auto transaction = [&](storage::MetaView& view) {
    return erase_snapshot(view, container->id, request, *service.time);
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return DeleteBlobResult{};
}

}  // namespace lapis::blob
