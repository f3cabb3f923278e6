#include "lapis/blob/ops/snapshot_blob.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/past_states.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

struct Change {
  NamedAt at;
  const SnapshotBlob& request;
  const ServiceClock& time;
  SnapshotBlobResult result;  // out
};

BlobProperties snapshot_properties(storage::MetaView& view, const Change& change,
                                   const BlobProperties& blob, Timestamp time) {
  BlobProperties properties = snapshot_of(blob, time);
  if (change.request.metadata) {
    properties.metadata = *change.request.metadata;
    properties.etag.value = view.next_id();
    properties.last_modified = std::max(change.at.now, blob.last_modified);
  }
  return properties;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const NamedAt& at = change.at;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  if (!rows.blob) return fail(ErrorCode::kBlobNotFound);
  BlobRecord& blob = *rows.blob;
  // Taken as a blob is read: without its lease, but not with another one.
  LAPIS_TRY_VOID(check_change(LeaseUse::kReadBlob, blob.properties, change.request.lease,
                              change.request.conditions, change.time));
  LAPIS_TRY_VOID(share_body(view, at.container, blob.body));
  if (at.keeping.versions) {
    LAPIS_TRY_VOID(share_body(view, at.container, blob.body));
    LAPIS_TRY_VOID(keep(view, at, blob, blob.properties));
    take_protection_off(blob.properties);
  }
  const Timestamp time = next_time(blob.properties, at.now);
  const BlobProperties taken = snapshot_properties(view, change, blob.properties, time);
  ++blob.properties.snapshots;
  blob.properties.past_changes = view.next_id();
  if (at.keeping.versions) blob.properties.version = next_time(blob.properties, at.now);
  const std::string body = encode_body(blob.body);
  view.put(past_key(at.container, at.name, time), encode_blob(taken, body));
  view.put(blob_key(at.container, at.name), encode_blob(blob.properties, body));
  change.result = {time, taken.etag, taken.last_modified, {}};
  if (at.keeping.versions) change.result.version = blob.properties.version;
  return {};
}

}  // namespace

io::Task<Result<SnapshotBlobResult>> snapshot_blob(Service& service, SnapshotBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  auto keeping = peek_keeping(service, request.key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, request.key.account));
  }
  const NamedAt at{container->id, request.key.name, service.clock.now(), *keeping};
  Change change{at, request, *service.time, {}};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
