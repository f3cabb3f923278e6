#include "blob/container_rows.h"

#include "blob/lease.h"

namespace lapis::blob {

Result<ContainerRecord> read_container_to_change(storage::MetaView& view, const std::string& key,
                                                 const std::optional<LeaseId>& lease,
                                                 const Conditions& conditions) {
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(ContainerRecord container, decode_container(*row));
  LAPIS_TRY_VOID(check_container_lease(lease));
  const ConditionTarget target{container.properties.etag, container.properties.last_modified};
  LAPIS_TRY_VOID(check_write(conditions, &target, false));
  return container;
}

}  // namespace lapis::blob
