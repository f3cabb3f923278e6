#include "lapis/blob/ops/lease_blob.h"

#include "blob/blob_rows.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

Result<LeaseActionResult> apply(storage::MetaView& view, ContainerId container,
                                const LeaseBlob& request, const ServiceClock& time) {
  LAPIS_TRY(StateRow row, read_property_row(view, container, request.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check_content(properties));
  LAPIS_TRY(const LeaseOutcome outcome,
            apply_lease_action(LeaseSubject::kBlob, request.action, properties.lease, time.now()));
  const ConditionTarget target = target_of(properties);
  LAPIS_TRY_VOID(check_write(request.conditions, &target, false));
  properties.lease = outcome.lease;
  LAPIS_TRY_VOID(write_property_row(view, row));
  return result_of(outcome, properties.etag, properties.last_modified);
}

}  // namespace

io::Task<Result<LeaseActionResult>> lease_blob(Service& service, LeaseBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  propose_id(request.action);
  LeaseActionResult result;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(result, apply(view, container->id, request, *service.time));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return result;
}

}  // namespace lapis::blob
