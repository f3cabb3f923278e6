#include "blob/container_rows.h"

#include <algorithm>
#include <utility>

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

void put_new_container(storage::MetaView& view, const std::string& key, ContainerRecord& record) {
  record.id.value = view.next_id();
  record.properties.etag.value = view.next_id();
  view.put(key, encode(record));
  view.put(container_state_key(record.id), encode(ContainerState{}));
}

io::Task<Result<Changed>> change_container(Service& service, const ContainerKey& key,
                                           ContainerChange change,
                                           std::function<void(ContainerProperties&)> edit) {
  const std::string row = container_name_key(key.account, key.container);
  const Timestamp now = service.clock.now();
  Changed changed;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(ContainerRecord container,
              read_container_to_change(view, row, change, *service.time));
    ContainerProperties& properties = container.properties;
    edit(properties);
    properties.etag.value = view.next_id();
    properties.last_modified = std::max(now, properties.last_modified);
    view.put(row, encode(container));
    changed = {properties.etag, properties.last_modified};
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return changed;
}

}  // namespace lapis::blob
