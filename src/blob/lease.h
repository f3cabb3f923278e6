// What a lease id on a request means for what it names. Pure. Leases are not granted yet, so
// everything is "available": an id that is given cannot be right.
// Source: REST "Lease Blob", "Lease Container": outcomes of use attempts.
#pragma once

#include <optional>

#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::blob {

// Reads and writes of a blob alike. Errors: kLeaseNotPresentWithBlobOperation.
Result<void> check_blob_lease(const std::optional<LeaseId>& given);

// Errors: kLeaseNotPresentWithContainerOperation.
Result<void> check_container_lease(const std::optional<LeaseId>& given);

}  // namespace lapis::blob
