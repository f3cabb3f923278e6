#include "lapis/blob/ops/set_blob_tags.h"

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/property_row.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

Result<void> apply(storage::MetaView& view, ContainerId container, const SetBlobTags& request,
                   const ServiceClock& time) {
  LAPIS_TRY(StateRow row, read_property_row(view, container, request.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(
      check_change(LeaseUse::kWriteBlob, properties, request.lease, request.conditions, time));
  // Blobs are found by the tags that they have now.
  if (!is_past(properties)) {
    index_tags(view, container, request.key.name, properties.tags, request.tags);
  }
  properties.tags = request.tags;
  properties.lease = lease_after_write(properties.lease, time);
  return write_property_row(view, row);
}

}  // namespace

io::Task<Result<void>> set_blob_tags(Service& service, SetBlobTags request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  auto transaction = [&](storage::MetaView& view) {
    return apply(view, container->id, request, *service.time);
  };
  co_return co_await service.meta.transact({container->id}, std::move(transaction));
}

}  // namespace lapis::blob
