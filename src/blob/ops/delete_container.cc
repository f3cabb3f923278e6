#include "lapis/blob/ops/delete_container.h"

#include "blob/lease.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

// The mark is drawn here, so that the reclaimer can tell deletions that every reader has seen from
// later ones, as it does with release entries.
Result<void> apply(storage::MetaView& view, const std::string& key,
                   const DeleteContainer& request) {
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(const ContainerRecord container, decode_container(*row));
  LAPIS_TRY_VOID(check_container_lease(request.lease));
  const ConditionTarget target{container.properties.etag, container.properties.last_modified};
  LAPIS_TRY_VOID(check_write(request.conditions, &target, false));
  view.erase(key);
  view.put(container_state_key(container.id), encode(ContainerState{view.next_id()}));
  return {};
}

}  // namespace

io::Task<Result<DeleteContainerResult>> delete_container(Service& service,
                                                         DeleteContainer request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  const std::string key = container_name_key(request.key.account, request.key.container);
  auto transaction = [&](storage::MetaView& view) { return apply(view, key, request); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return DeleteContainerResult{};
}

}  // namespace lapis::blob
