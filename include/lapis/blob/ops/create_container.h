// Create Container. https://learn.microsoft.com/rest/api/storageservices/create-container
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct CreateContainer {
  ContainerKey key;
  Metadata metadata;
  PublicAccess level = PublicAccess::kNone;
};

struct CreateContainerResult {
  Etag etag;
  Timestamp last_modified;
};

// Errors: kContainerAlreadyExists.
io::Task<Result<CreateContainerResult>> create_container(Service& service, CreateContainer request);

}  // namespace lapis::blob
