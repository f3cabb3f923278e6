#include "lapis/blob/ops/restore_container.h"

#include <utility>

#include "blob/kept_containers.h"

namespace lapis::blob {
namespace {

// Azure documents the status alone.
Error not_kept() {
  Error error{ErrorCode::kContainerNotFound, "no such deletion is kept"};
  error.sent_status = 409;
  return error;
}

// What is over already waits for the pass that ends it, and does not come back.
Result<void> apply(storage::MetaView& view, const RestoreContainer& request, ServiceTime now) {
  const ContainerKey& name = request.key;
  LAPIS_TRY(const auto existing, view.get(container_name_key(name.account, name.container)));
  if (existing) return fail(ErrorCode::kContainerAlreadyExists);
  const std::string key = kept_container_key(name.account, request.deleted_name, request.deleted);
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(not_kept());
  LAPIS_TRY(ContainerRecord container, decode_kept(*row));
  if (container.properties.deletion->until <= now) return fail(not_kept());
  return restore_kept(view, key, std::move(container), name);
}

}  // namespace

io::Task<Result<void>> restore_container(Service& service, RestoreContainer request) {
  auto transaction = [&](storage::MetaView& view) {
    return apply(view, request, service.time->now());
  };
  co_return co_await service.meta.transact({}, std::move(transaction));
}

}  // namespace lapis::blob
