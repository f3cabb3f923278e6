// Get Container ACL. https://learn.microsoft.com/rest/api/storageservices/get-container-acl
// The gate asks for the same: what a container grants decides over some requests.
#pragma once

#include <memory>

#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetContainerAcl {
  ContainerKey key;
  std::optional<LeaseId> lease = {};
};

// Shared with the shard's cache. What another shard has changed is seen as soon as that change has
// been acknowledged. Errors: kContainerNotFound, lease.
io::Task<Result<std::shared_ptr<const ContainerProperties>>> get_container_acl(
    Service& service, GetContainerAcl request);

}  // namespace lapis::blob
