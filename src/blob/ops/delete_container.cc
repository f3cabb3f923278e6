#include "lapis/blob/ops/delete_container.h"

#include <utility>

#include "blob/container_rows.h"
#include "blob/kept_containers.h"

namespace lapis::blob {
namespace {

// Until when it is kept that is deleted now; nothing where it goes for good.
std::optional<Deletion> deletion_of(const Service& service, std::string_view account) {
  const auto days = service.features_of(account).container_retention_days;
  if (!days) return std::nullopt;
  return Deletion{service.clock.now(), service.time->now() + std::chrono::hours(24) * *days};
}

Result<void> apply(storage::MetaView& view, const DeleteContainer& request,
                   const std::optional<Deletion>& deletion, const ServiceClock& time) {
  const ContainerKey& name = request.key;
  const std::string key = container_name_key(name.account, name.container);
  const ContainerChange change{LeaseUse::kDeleteContainer, request.lease, request.conditions};
  LAPIS_TRY(ContainerRecord container, read_container_to_change(view, key, change, time));
  if (deletion) return keep_container(view, name, std::move(container), *deletion);
  view.erase(key);
  return end_container(view, container.id);
}

}  // namespace

io::Task<Result<DeleteContainerResult>> delete_container(Service& service,
                                                         DeleteContainer request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  const auto deletion = deletion_of(service, request.key.account);
  auto transaction = [&](storage::MetaView& view) {
    return apply(view, request, deletion, *service.time);
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return DeleteContainerResult{};
}

}  // namespace lapis::blob
