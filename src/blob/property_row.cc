#include "blob/property_row.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"

namespace lapis::blob {
namespace {

Result<void> check(const PropertyChange& change, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.tier == AccessTier::kArchive) return fail(ErrorCode::kBlobArchived);
  return check_change(LeaseUse::kWriteBlob, properties, change.lease, change.conditions, time);
}

Result<Changed> apply(storage::MetaView& view, ContainerId container, const PropertyChange& change,
                      const Service& service) {
  LAPIS_TRY(PropertyRow row, read_property_row(view, container, change.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check(change, properties, *service.time));
  change.edit(properties);
  properties.etag = Etag{view.next_id()};
  properties.last_modified = std::max(service.clock.now(), properties.last_modified);
  properties.lease = lease_after_write(properties.lease, *service.time);
  LAPIS_TRY_VOID(write_property_row(view, row));
  Changed changed{properties.etag, properties.last_modified};
  if (properties.type == BlobType::kPage) changed.sequence_number = properties.sequence_number;
  return changed;
}

}  // namespace

Result<PropertyRow> read_property_row(storage::MetaView& view, ContainerId container,
                                      const BlobKey& key) {
  LAPIS_TRY_VOID(check_live(view, container));
  PropertyRow read;
  read.key = state_key(container, key);
  LAPIS_TRY(auto row, view.get(read.key));
  if (!row) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(read.properties, decode_properties(*row));
  read.row = *std::move(row);
  return read;
}

Result<void> write_property_row(storage::MetaView& view, const PropertyRow& changed) {
  LAPIS_TRY(const std::string_view body, encoded_body_of(changed.row));
  view.put(changed.key, encode_blob(changed.properties, body));
  return {};
}

io::Task<Result<Changed>> change_properties(Service& service, PropertyChange change) {
  LAPIS_CO_TRY_VOID(check_write_shape(change.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, change.key));
  Changed changed;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(changed, apply(view, container->id, change, service));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return changed;
}

}  // namespace lapis::blob
