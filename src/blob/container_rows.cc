#include "blob/container_rows.h"

namespace lapis::blob {

Result<ContainerRecord> read_container_to_change(storage::MetaView& view, const std::string& key,
                                                 const ContainerChange& change,
                                                 const ServiceClock& time) {
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(ContainerRecord container, decode_container(*row));
  const ContainerProperties& properties = container.properties;
  LAPIS_TRY_VOID(check_lease(change.use, properties.lease, change.lease, time));
  const ConditionTarget target{properties.etag, properties.last_modified};
  LAPIS_TRY_VOID(check_write(change.conditions, &target, false));
  return container;
}

}  // namespace lapis::blob
