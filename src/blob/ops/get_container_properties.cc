#include "lapis/blob/ops/get_container_properties.h"

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<ContainerProperties>> get_container_properties(Service& service,
                                                               GetContainerProperties request) {
  const ContainerKey& key = request.key;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key.account, key.container));
  LAPIS_CO_TRY_VOID(check_container_lease(request.lease));
  co_return container->properties;
}

}  // namespace lapis::blob
