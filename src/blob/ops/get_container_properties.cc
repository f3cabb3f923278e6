#include "lapis/blob/ops/get_container_properties.h"

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<GetContainerPropertiesResult>> get_container_properties(
    Service& service, GetContainerProperties request) {
  const ContainerKey& key = request.key;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key.account, key.container));
  const ContainerProperties& properties = container->properties;
  LAPIS_CO_TRY_VOID(
      check_lease(LeaseUse::kUseContainer, properties.lease, request.lease, *service.time));
  co_return GetContainerPropertiesResult{properties, lease_view(properties.lease, *service.time),
                                         service.features_of(key.account).immutable_storage};
}

}  // namespace lapis::blob
