#include "lapis/blob/ops/set_blob_immutability_policy.h"

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

Result<void> apply(storage::MetaView& view, ContainerId container,
                   const SetBlobImmutabilityPolicy& request, const ServiceClock& time) {
  LAPIS_TRY(StateRow row, read_property_row(view, container, request.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check_writable(properties));
  LAPIS_TRY_VOID(check_new_policy(properties.immutability, request.policy, time));
  const ConditionTarget target = target_of(properties);
  LAPIS_TRY_VOID(check_write(request.conditions, &target, false));
  properties.immutability = request.policy;
  LAPIS_TRY_VOID(mark_protection(view, container));
  return write_property_row(view, row);
}

}  // namespace

io::Task<Result<void>> set_blob_immutability_policy(Service& service,
                                                    SetBlobImmutabilityPolicy request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_immutable_storage(service, request.key.account));
  auto transaction = [&](storage::MetaView& view) {
    return apply(view, container->id, request, *service.time);
  };
  co_return co_await service.meta.transact({container->id}, std::move(transaction));
}

}  // namespace lapis::blob
