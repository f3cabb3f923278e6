// Get Container Properties.
// https://learn.microsoft.com/rest/api/storageservices/get-container-properties
#pragma once

#include "lapis/blob/lease_view.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetContainerProperties {
  ContainerKey key;
  std::optional<LeaseId> lease;
};

struct GetContainerPropertiesResult {
  ContainerProperties properties;
  LeaseView lease;
  bool immutable_storage = false;  // version-level immutability, of the account
};

// Errors: kContainerNotFound, lease.
io::Task<Result<GetContainerPropertiesResult>> get_container_properties(
    Service& service, GetContainerProperties request);

}  // namespace lapis::blob
