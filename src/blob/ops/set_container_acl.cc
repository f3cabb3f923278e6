#include "lapis/blob/ops/set_container_acl.h"

#include <utility>

#include "blob/container_rows.h"

namespace lapis::blob {

io::Task<Result<SetContainerAclResult>> set_container_acl(Service& service,
                                                          SetContainerAcl request) {
  const ContainerChange change{LeaseUse::kUseContainer, request.lease, request.conditions};
  auto edit = [&request](ContainerProperties& properties) { properties.access = request.access; };
  LAPIS_CO_TRY(const Changed changed,
               co_await change_container(service, request.key, change, std::move(edit)));
  co_return SetContainerAclResult{changed.etag, changed.last_modified};
}

}  // namespace lapis::blob
