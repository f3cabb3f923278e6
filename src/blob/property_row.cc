#include "blob/property_row.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/past_states.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

Result<void> check(const PropertyChange& change, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.tier == AccessTier::kArchive) return fail(ErrorCode::kBlobArchived);
  LAPIS_TRY_VOID(check_may_change(properties));
  return check_change(LeaseUse::kWriteBlob, properties, change.lease, change.conditions, time);
}

// What the blob was becomes a version, which has the same body. The new one starts without tags.
Result<void> keep_version(storage::MetaView& view, const NamedAt& at, StateRow& row) {
  LAPIS_TRY(BlobRecord base, decode_blob(row.row));
  LAPIS_TRY_VOID(share_body(view, at.container, base.body));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(keep(view, at, base, properties));
  row.row = encode_blob(properties, encode_body(base.body));
  properties.version.reset();
  if (at.keeping.versions) properties.version = next_time(properties, at.now);
  index_tags(view, at.container, at.name, properties.tags, {});
  properties.tags.clear();
  return {};
}

Result<Changed> apply(storage::MetaView& view, const PropertyChange& change, const NamedAt& at,
                      const Service& service) {
  LAPIS_TRY(StateRow row, read_property_row(view, at.container, change.key));
  BlobProperties& properties = row.properties;
  LAPIS_TRY_VOID(check(change, properties, *service.time));
  if (change.makes_version && becomes_version(properties, at.keeping)) {
    LAPIS_TRY_VOID(keep_version(view, at, row));
  }
  change.edit(properties);
  touch(properties, Etag{view.next_id()}, at.now, *service.time);
  if (at.keeping.last_access && properties.type == BlobType::kBlock) {
    properties.last_access = properties.last_modified;
  }
  LAPIS_TRY_VOID(write_property_row(view, row));
  Changed changed{properties.etag, properties.last_modified, {}, properties.version};
  if (properties.type == BlobType::kPage) changed.sequence_number = properties.sequence_number;
  return changed;
}

}  // namespace

Result<StateRow> read_property_row(storage::MetaView& view, ContainerId container,
                                   const BlobKey& key) {
  LAPIS_TRY_VOID(check_live(view, container));
  return read_state(view, container, key);
}

Result<void> write_property_row(storage::MetaView& view, const StateRow& changed) {
  LAPIS_TRY(const std::string_view body, encoded_body_of(changed.row));
  view.put(changed.key, encode_blob(changed.properties, body));
  return {};
}

io::Task<Result<Changed>> change_properties(Service& service, PropertyChange change) {
  LAPIS_CO_TRY_VOID(check_write_shape(change.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, change.key));
  auto keeping = peek_keeping(service, change.key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, change.key.account));
  }
  const NamedAt at{container->id, change.key.name, service.clock.now(), *keeping};
  Changed changed;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(changed, apply(view, change, at, service));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return changed;
}

}  // namespace lapis::blob
