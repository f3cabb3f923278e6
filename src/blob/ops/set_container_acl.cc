#include "lapis/blob/ops/set_container_acl.h"

#include <algorithm>

#include "blob/container_rows.h"

namespace lapis::blob {
namespace {

// Last-Modified never goes back, whatever the clock does.
Result<SetContainerAclResult> apply(storage::MetaView& view, const std::string& key,
                                    const SetContainerAcl& request, const Service& service) {
  const ContainerChange change{LeaseUse::kUseContainer, request.lease, request.conditions};
  LAPIS_TRY(ContainerRecord container, read_container_to_change(view, key, change, *service.time));
  ContainerProperties& properties = container.properties;
  properties.access = request.access;
  properties.etag.value = view.next_id();
  properties.last_modified = std::max(service.clock.now(), properties.last_modified);
  view.put(key, encode(container));
  return SetContainerAclResult{properties.etag, properties.last_modified};
}

}  // namespace

io::Task<Result<SetContainerAclResult>> set_container_acl(Service& service,
                                                          SetContainerAcl request) {
  const std::string key = container_name_key(request.key.account, request.key.container);
  SetContainerAclResult result;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(result, apply(view, key, request, service));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return result;
}

}  // namespace lapis::blob
