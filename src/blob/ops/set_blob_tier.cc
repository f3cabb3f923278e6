#include "lapis/blob/ops/set_blob_tier.h"

#include "blob/blob_rows.h"
#include "blob/hint_queue.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

struct Change {
  ContainerId container;
  const SetBlobTier& request;
  Timestamp now;
  const ServiceClock& time;
  SetBlobTierResult result;  // out
};

Result<void> check(const SetBlobTier& request, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.type != BlobType::kBlock) return fail(ErrorCode::kInvalidBlobType);
  if (!request.tier) return fail(ErrorCode::kInvalidBlobTier);
  return check_change(LeaseUse::kWriteBlob, properties, request.lease, request.conditions, time);
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const SetBlobTier& request = change.request;
  LAPIS_TRY(StateRow row, read_property_row(view, change.container, request.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check(request, properties, change.time));
  const bool had_lease = properties.lease.has_value();
  properties.lease = lease_after_write(properties.lease, change.time);
  // What is so already keeps the time since when it is.
  if (properties.tier == *request.tier && !properties.tier_inferred) {
    return had_lease && !properties.lease ? write_property_row(view, row) : Result<void>();
  }
  const bool is_archived = properties.tier == AccessTier::kArchive;
  if (is_archived && is_past(properties)) {
    return fail(ErrorCode::kBlobOperationNotSupported, "a past state leaves the archive as a copy");
  }
  if (!is_past(properties) && rank_of(properties.tier) != rank_of(*request.tier)) {
    queue_hint(view, change.container, request.key.name);
  }
  change.result.rehydrated = is_archived;
  properties.tier = *request.tier;
  properties.tier_inferred = false;
  properties.tier_changed = change.now;
  return write_property_row(view, row);
}

}  // namespace

io::Task<Result<SetBlobTierResult>> set_blob_tier(Service& service, SetBlobTier request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  Change change{container->id, request, service.clock.now(), *service.time, {}};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
