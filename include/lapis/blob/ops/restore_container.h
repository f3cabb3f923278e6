// Restore Container. https://learn.microsoft.com/rest/api/storageservices/restore-container
#pragma once

#include <string>

#include "lapis/blob/service.h"

namespace lapis::blob {

struct RestoreContainer {
  ContainerKey key;  // what it is called from now on
  std::string deleted_name;
  Timestamp deleted;  // which deletion of that name
};

// Brings back a container that was deleted and is kept, as it was then, but for its lease and for
// what has ended in it since: blobs whose own retention is over, uncommitted blocks of more than a
// week. ETag and Last-Modified are what they were. One write whatever it holds. Errors:
// kContainerAlreadyExists; kContainerNotFound, with status 409, where none is kept under that name
// and time, or no longer.
io::Task<Result<void>> restore_container(Service& service, RestoreContainer request);

}  // namespace lapis::blob
