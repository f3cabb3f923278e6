// Get Blob Properties. https://learn.microsoft.com/rest/api/storageservices/get-blob-properties
#pragma once

#include <memory>

#include "lapis/blob/conditions.h"
#include "lapis/blob/lease_view.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetBlobProperties {
  BlobKey key;
  Conditions conditions;
  std::optional<LeaseId> lease;
  bool single_condition = false;  // as of check_single_read (before 2013-08-15)
};

struct GetBlobPropertiesResult {
  std::shared_ptr<const BlobProperties> properties;
  LeaseView lease;
  std::optional<Timestamp> last_access = {};  // where the account keeps it
};

// Errors: kContainerNotFound, kBlobNotFound, lease, conditions.
io::Task<Result<GetBlobPropertiesResult>> get_blob_properties(Service& service,
                                                              GetBlobProperties request);

}  // namespace lapis::blob
