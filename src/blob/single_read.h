// What reads of a blob's properties have in common that take one condition, or a pair of which the
// tag decides: all but Get Blob and Get Blob Properties.
#pragma once

#include "blob/lookup.h"
#include "lapis/blob/conditions.h"

namespace lapis::blob {

// The blob, or the snapshot that the key names; an archived one too. What is passed outlives the
// task. Errors: kContainerNotFound, kBlobNotFound, lease, conditions,
// kMultipleConditionHeadersNotSupported.
io::Task<Result<Shared<BlobRecord>>> find_for_single_read(Service& service, const BlobKey& key,
                                                          const Conditions& conditions,
                                                          const std::optional<LeaseId>& lease);

}  // namespace lapis::blob
