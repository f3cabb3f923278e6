// Get Blob Service Properties.
// https://learn.microsoft.com/rest/api/storageservices/get-blob-service-properties
#pragma once

#include <string>

#include "lapis/blob/service.h"
#include "lapis/blob/service_properties.h"

namespace lapis::blob {

// Those of an account that never set any are the defaults.
io::Task<Result<ServiceProperties>> get_blob_service_properties(Service& service,
                                                                std::string account);

}  // namespace lapis::blob
