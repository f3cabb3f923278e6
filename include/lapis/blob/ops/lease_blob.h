// Lease Blob. https://learn.microsoft.com/rest/api/storageservices/lease-blob
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/lease_action.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct LeaseBlob {
  BlobKey key;
  LeaseAction action;
  Conditions conditions;
};

// Of an archived blob too; of one with uncommitted blocks only there is nothing to lease. ETag and
// Last-Modified stay. Completion means durable. Errors: kContainerNotFound, kBlobNotFound, those of
// actions on a lease (409), conditions.
io::Task<Result<LeaseActionResult>> lease_blob(Service& service, LeaseBlob request);

}  // namespace lapis::blob
