#include "lapis/blob/ops/list_containers.h"

#include <algorithm>

#include "blob/records.h"

namespace lapis::blob {
namespace {

Result<ListContainersResult> scan(storage::MetaSnapshot& snapshot, const ListContainers& request,
                                  const ServiceClock& time) {
  const std::string account = account_prefix(request.account);
  const std::string all = account + request.prefix;
  const std::string first = std::max(all, account + request.start_after_marker);
  const std::string last = prefix_end(all);
  ListContainersResult result;
  if (first >= last) return result;
  const auto cursor = snapshot.scan(first, last);
  for (; cursor->valid(); cursor->next()) {
    const auto name = parse_container_name_key(cursor->key());
    if (!name) return fail(ErrorCode::kInternalError, "container name key is damaged");
    if (result.items.size() == request.max_results) {
      result.next_name = *name;
      return result;
    }
    LAPIS_TRY(ContainerRecord record, decode_container(cursor->value()));
    const LeaseView lease = lease_view(record.properties.lease, time);
    result.items.push_back({std::string(*name), std::move(record.properties), lease});
  }
  LAPIS_TRY_VOID(cursor->status());
  return result;
}

}  // namespace

io::Task<Result<ListContainersResult>> list_containers(Service& service, ListContainers request) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return scan(*snapshot, request, *service.time); };
  co_return co_await service.blocking.run(std::move(job));
}

}  // namespace lapis::blob
