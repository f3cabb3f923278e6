// Get Container Properties.
// https://learn.microsoft.com/rest/api/storageservices/get-container-properties
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetContainerProperties {
  ContainerKey key;
  std::optional<LeaseId> lease;
};

// Errors: kContainerNotFound, kLeaseNotPresentWithContainerOperation.
io::Task<Result<ContainerProperties>> get_container_properties(Service& service,
                                                               GetContainerProperties request);

}  // namespace lapis::blob
