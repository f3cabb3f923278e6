#include "lapis/blob/ops/get_container_acl.h"

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<std::shared_ptr<const ContainerProperties>>> get_container_acl(
    Service& service, GetContainerAcl request) {
  const ContainerKey& key = request.key;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key.account, key.container));
  const std::optional<Lease>& lease = container->properties.lease;
  LAPIS_CO_TRY_VOID(check_lease(LeaseUse::kUseContainer, lease, request.lease, *service.time));
  co_return std::shared_ptr<const ContainerProperties>(container, &container->properties);
}

}  // namespace lapis::blob
