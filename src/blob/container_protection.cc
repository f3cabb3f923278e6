#include "blob/container_protection.h"

#include <utility>

#include "blob/blob_rows.h"

namespace lapis::blob {
namespace {

Result<SeenEmpty> look(storage::MetaSnapshot& snapshot, const std::string& name_key) {
  LAPIS_TRY(const auto row, snapshot.get(name_key));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(const ContainerRecord container, decode_container(*row));
  LAPIS_TRY(const ContainerState state, read_live(snapshot, container.id));
  const std::string first = container_prefix(storage::Table::kBlob, container.id);
  const auto cursor = snapshot.scan(first, prefix_end(first));
  if (cursor->valid()) return fail(ErrorCode::kContainerImmutableStorageWithVersioningEnabled);
  LAPIS_TRY_VOID(cursor->status());
  return SeenEmpty{container.id, state.protections};
}

}  // namespace

io::Task<Result<SeenEmpty>> see_empty(Service& service, std::string name_key) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return look(*snapshot, name_key); };
  co_return co_await service.blocking.run(std::move(job));
}

bool may_be_deleted(AccountFeatures features, ContainerId container, const ContainerState& state,
                    const std::optional<SeenEmpty>& seen) {
  if (!features.immutable_storage && state.protections == 0) return true;
  return seen == SeenEmpty{container, state.protections};
}

}  // namespace lapis::blob
