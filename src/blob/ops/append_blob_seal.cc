#include "lapis/blob/ops/append_blob_seal.h"

#include "blob/append_rules.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/property_row.h"

namespace lapis::blob {
namespace {

struct Change {
  ContainerId container;
  const AppendBlobSeal& request;
  const ServiceClock& time;
  AppendBlobSealResult result;  // out
};

Result<void> apply(storage::MetaView& view, Change& change) {
  LAPIS_TRY(StateRow row, read_property_row(view, change.container, change.request.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check_seal(change.request, properties, change.time));
  change.result = {properties.etag, properties.last_modified};
  const bool had_lease = properties.lease.has_value();
  properties.lease = lease_after_write(properties.lease, change.time);
  const bool changes = !properties.sealed || had_lease != properties.lease.has_value();
  properties.sealed = true;
  return changes ? write_property_row(view, row) : Result<void>();
}

}  // namespace

io::Task<Result<AppendBlobSealResult>> append_blob_seal(Service& service, AppendBlobSeal request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  Change change{container->id, request, *service.time, {}};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
