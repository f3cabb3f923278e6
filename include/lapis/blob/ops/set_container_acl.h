// Set Container ACL. https://learn.microsoft.com/rest/api/storageservices/set-container-acl
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetContainerAcl {
  ContainerKey key;
  ContainerAccess access;  // replaces all there was
  Conditions conditions;   // If-Modified-Since and If-Unmodified-Since only
  std::optional<LeaseId> lease;
};

struct SetContainerAclResult {
  Etag etag;
  Timestamp last_modified;
};

// In force, on every shard, when it completes: a signature that names a policy which is gone is
// refused from then on. Errors: kContainerNotFound, lease, kConditionNotMet.
io::Task<Result<SetContainerAclResult>> set_container_acl(Service& service,
                                                          SetContainerAcl request);

}  // namespace lapis::blob
