#include "lapis/blob/ops/delete_container.h"

#include <utility>

#include "blob/container_protection.h"
#include "blob/container_rows.h"
#include "blob/kept_containers.h"

namespace lapis::blob {
namespace {

// What keeps being protected in a container makes what was seen of it stale each time.
constexpr int kAttempts = 8;

struct Change {
  const DeleteContainer& request;
  const AccountFeatures features;
  const ServiceClock& time;
  std::optional<Deletion> deletion;  // until when it is kept; nothing: it goes for good
  std::optional<SeenEmpty> seen = {};
  bool is_stale = false;  // out: nothing was written, look again
};

std::optional<Deletion> deletion_of(const Service& service, const AccountFeatures& features) {
  const auto days = features.container_retention_days;
  if (!days) return std::nullopt;
  return Deletion{service.clock.now(), service.time->now() + std::chrono::hours(24) * *days};
}

Result<void> apply(storage::MetaView& view, const std::string& key, Change& change) {
  const DeleteContainer& request = change.request;
  const ContainerChange claim{LeaseUse::kDeleteContainer, request.lease, request.conditions};
  LAPIS_TRY(ContainerRecord container, read_container_to_change(view, key, claim, change.time));
  LAPIS_TRY(const auto row, view.get(container_state_key(container.id)));
  ContainerState state;
  if (row) {
    LAPIS_TRY(state, decode_container_state(*row));
  }
  change.is_stale = !may_be_deleted(change.features, container.id, state, change.seen);
  if (change.is_stale) return {};
  if (change.deletion) {
    return keep_container(view, request.key, std::move(container), *change.deletion);
  }
  view.erase(key);
  return end_container(view, container.id);
}

}  // namespace

io::Task<Result<DeleteContainerResult>> delete_container(Service& service,
                                                         DeleteContainer request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  const std::string& account = request.key.account;
  const std::string key = container_name_key(account, request.key.container);
  const AccountFeatures features = service.features_of(account);
  Change change{request, features, *service.time, deletion_of(service, features)};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto transaction = [&](storage::MetaView& view) { return apply(view, key, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({}, std::move(transaction)));
    if (!change.is_stale) co_return DeleteContainerResult{};
    LAPIS_CO_TRY(change.seen, co_await see_empty(service, key));
  }
  co_return fail(ErrorCode::kServerBusy, "what it holds keeps being protected");
}

}  // namespace lapis::blob
