#include "lapis/blob/ops/snapshot_blob.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

struct Change {
  ContainerId container;
  const SnapshotBlob& request;
  Timestamp now;
  const ServiceClock& time;
  SnapshotBlobResult result;  // out
};

// A name that no past state of the blob ever had.
Timestamp name_snapshot(const BlobProperties& blob, Timestamp now) {
  return std::max(now, blob.last_past + Ticks(1));
}

BlobProperties snapshot_properties(storage::MetaView& view, const Change& change,
                                   const BlobProperties& blob, Timestamp time) {
  BlobProperties properties = blob;
  properties.snapshot = time;
  properties.snapshots = 0;
  properties.last_past = {};
  properties.lease.reset();
  if (change.request.metadata) {
    properties.metadata = *change.request.metadata;
    properties.etag.value = view.next_id();
    properties.last_modified = std::max(change.now, blob.last_modified);
  }
  return properties;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const std::string& name = change.request.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.container, name));
  if (!rows.blob) return fail(ErrorCode::kBlobNotFound);
  BlobRecord& blob = *rows.blob;
  // Taken as a blob is read: without its lease, but not with another one.
  LAPIS_TRY_VOID(check_change(LeaseUse::kReadBlob, blob.properties, change.request.lease,
                              change.request.conditions, change.time));
  const Timestamp time = name_snapshot(blob.properties, change.now);
  const BlobProperties taken = snapshot_properties(view, change, blob.properties, time);
  LAPIS_TRY_VOID(share_body(view, change.container, blob.body));
  ++blob.properties.snapshots;
  blob.properties.last_past = time;
  const std::string body = encode_body(blob.body);
  view.put(past_key(change.container, name, time), encode_blob(taken, body));
  view.put(blob_key(change.container, name), encode_blob(blob.properties, body));
  change.result = {time, taken.etag, taken.last_modified};
  return {};
}

}  // namespace

io::Task<Result<SnapshotBlobResult>> snapshot_blob(Service& service, SnapshotBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  Change change{container->id, request, service.clock.now(), *service.time, {}};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
