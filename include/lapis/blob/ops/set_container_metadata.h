// Set Container Metadata.
// https://learn.microsoft.com/rest/api/storageservices/set-container-metadata
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetContainerMetadata {
  ContainerKey key;
  Metadata metadata;      // replaces all there was
  Conditions conditions;  // If-Modified-Since only
  std::optional<LeaseId> lease;
};

struct SetContainerMetadataResult {
  Etag etag;
  Timestamp last_modified;
};

// Errors: kContainerNotFound, kLeaseNotPresentWithContainerOperation, kConditionNotMet.
io::Task<Result<SetContainerMetadataResult>> set_container_metadata(Service& service,
                                                                    SetContainerMetadata request);

}  // namespace lapis::blob
