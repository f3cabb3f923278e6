#include "lapis/blob/ops/delete_container.h"

#include "blob/container_rows.h"

namespace lapis::blob {
namespace {

// The mark is drawn here, so that the reclaimer can tell deletions that every reader has seen from
// later ones, as it does with release entries.
Result<void> apply(storage::MetaView& view, const std::string& key, const DeleteContainer& request,
                   const ServiceClock& time) {
  const ContainerChange change{LeaseUse::kDeleteContainer, request.lease, request.conditions};
  LAPIS_TRY(const ContainerRecord container, read_container_to_change(view, key, change, time));
  const std::string state_key = container_state_key(container.id);
  LAPIS_TRY(const auto row, view.get(state_key));
  ContainerState state;
  if (row) {
    LAPIS_TRY(state, decode_container_state(*row));
  }
  state.deleted = view.next_id();
  view.erase(key);
  view.put(state_key, encode(state));
  return {};
}

}  // namespace

io::Task<Result<DeleteContainerResult>> delete_container(Service& service,
                                                         DeleteContainer request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  const std::string key = container_name_key(request.key.account, request.key.container);
  auto transaction = [&](storage::MetaView& view) {
    return apply(view, key, request, *service.time);
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return DeleteContainerResult{};
}

}  // namespace lapis::blob
