#include "lapis/blob/ops/set_container_metadata.h"

#include <utility>

#include "blob/container_rows.h"

namespace lapis::blob {

io::Task<Result<SetContainerMetadataResult>> set_container_metadata(Service& service,
                                                                    SetContainerMetadata request) {
  const ContainerChange change{LeaseUse::kUseContainer, request.lease, request.conditions};
  auto edit = [&request](ContainerProperties& properties) {
    properties.metadata = request.metadata;
  };
  LAPIS_CO_TRY(const Changed changed,
               co_await change_container(service, request.key, change, std::move(edit)));
  co_return SetContainerMetadataResult{changed.etag, changed.last_modified};
}

}  // namespace lapis::blob
