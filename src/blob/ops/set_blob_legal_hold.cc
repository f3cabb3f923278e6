#include "lapis/blob/ops/set_blob_legal_hold.h"

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

Result<void> apply(storage::MetaView& view, ContainerId container,
                   const SetBlobLegalHold& request) {
  LAPIS_TRY(StateRow row, read_property_row(view, container, request.key));
  LAPIS_TRY_VOID(check_writable(row.properties));
  row.properties.legal_hold = request.hold;
  if (request.hold) LAPIS_TRY_VOID(mark_protection(view, container));
  return write_property_row(view, row);
}

}  // namespace

io::Task<Result<void>> set_blob_legal_hold(Service& service, SetBlobLegalHold request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_immutable_storage(service, request.key.account));
  auto transaction = [&](storage::MetaView& view) { return apply(view, container->id, request); };
  co_return co_await service.meta.transact({container->id}, std::move(transaction));
}

}  // namespace lapis::blob
