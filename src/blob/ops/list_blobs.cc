#include "lapis/blob/ops/list_blobs.h"

#include "blob/listing_scan.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<ListBlobsResult>> list_blobs(Service& service, ListBlobs request, ListSink& sink) {
  const ContainerKey& key = request.key;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key.account, key.container));
  const auto snapshot = service.meta.snapshot();
  const ListingRules rules{service.limits.list_rows_visited,
                           service.features_of(key.account).last_access_time, service.copies.get()};
  auto job = [&] { return scan_blobs(*snapshot, container->id, request, rules, sink); };
  co_return co_await service.blocking.run(std::move(job));
}

}  // namespace lapis::blob
