#include "lapis/blob/ops/lease_container.h"

#include <algorithm>

#include "blob/lease.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

Result<LeaseActionResult> apply(storage::MetaView& view, const std::string& key,
                                const LeaseContainer& request, const ServiceClock& time,
                                Timestamp now) {
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(ContainerRecord container, decode_container(*row));
  ContainerProperties& properties = container.properties;
  LAPIS_TRY(const LeaseOutcome outcome, apply_lease_action(LeaseSubject::kContainer, request.action,
                                                           properties.lease, time.now()));
  const ConditionTarget target{properties.etag, properties.last_modified};
  LAPIS_TRY_VOID(check_write(request.conditions, &target, false));
  properties.lease = outcome.lease;
  if (request.changes_etag) {
    properties.etag.value = view.next_id();
    properties.last_modified = std::max(now, properties.last_modified);
  }
  view.put(key, encode(container));
  return result_of(outcome, properties.etag, properties.last_modified);
}

}  // namespace

io::Task<Result<LeaseActionResult>> lease_container(Service& service, LeaseContainer request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  const std::string key = container_name_key(request.key.account, request.key.container);
  propose_id(request.action);
  const Timestamp now = service.clock.now();
  LeaseActionResult result;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(result, apply(view, key, request, *service.time, now));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return result;
}

}  // namespace lapis::blob
