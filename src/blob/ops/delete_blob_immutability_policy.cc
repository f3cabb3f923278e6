#include "lapis/blob/ops/delete_blob_immutability_policy.h"

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

Result<void> apply(storage::MetaView& view, ContainerId container,
                   const DeleteBlobImmutabilityPolicy& request) {
  LAPIS_TRY(StateRow row, read_property_row(view, container, request.key));
  LAPIS_TRY_VOID(check_writable(row.properties));
  LAPIS_TRY_VOID(check_policy_may_end(row.properties.immutability));
  row.properties.immutability.reset();
  return write_property_row(view, row);
}

}  // namespace

io::Task<Result<void>> delete_blob_immutability_policy(Service& service,
                                                       DeleteBlobImmutabilityPolicy request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_immutable_storage(service, request.key.account));
  auto transaction = [&](storage::MetaView& view) { return apply(view, container->id, request); };
  co_return co_await service.meta.transact({container->id}, std::move(transaction));
}

}  // namespace lapis::blob
