// Set Blob Service Properties.
// https://learn.microsoft.com/rest/api/storageservices/set-blob-service-properties
#pragma once

#include <string>

#include "lapis/blob/service.h"
#include "lapis/blob/service_properties.h"

namespace lapis::blob {

struct SetBlobServiceProperties {
  std::string account;
  ServicePropertiesChange change;
};

// In force, on every shard, when it completes.
io::Task<Result<void>> set_blob_service_properties(Service& service,
                                                   SetBlobServiceProperties request);

}  // namespace lapis::blob
