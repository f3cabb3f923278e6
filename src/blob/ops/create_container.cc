#include "lapis/blob/ops/create_container.h"

#include "blob/container_rows.h"

namespace lapis::blob {
namespace {

Result<void> apply(storage::MetaView& view, const std::string& key, ContainerRecord& record) {
  LAPIS_TRY(const auto row, view.get(key));
  if (row) return fail(ErrorCode::kContainerAlreadyExists);
  put_new_container(view, key, record);
  return {};
}

}  // namespace

io::Task<Result<CreateContainerResult>> create_container(Service& service,
                                                         CreateContainer request) {
  const std::string key = container_name_key(request.key.account, request.key.container);
  ContainerRecord record;
  record.properties.last_modified = service.clock.now();
  record.properties.metadata = std::move(request.metadata);
  record.properties.access.level = request.level;
  auto transaction = [&](storage::MetaView& view) { return apply(view, key, record); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
  co_return CreateContainerResult{record.properties.etag, record.properties.last_modified};
}

}  // namespace lapis::blob
