// Rules of operations on append blobs. Pure.
#pragma once

#include "lapis/base/result.h"
#include "lapis/blob/ops/append_blob_seal.h"
#include "lapis/blob/ops/append_block.h"
#include "lapis/blob/service_clock.h"

namespace lapis::blob {

// Whether `request` may append to the blob. Checks come in the protocol's order: type, seal, lease,
// conditions, and then those that are of this operation alone. Errors: those of append_block.
Result<void> check_append(const AppendBlock& request, const BlobProperties& blob,
                          const ServiceClock& time);

Result<void> check_seal(const AppendBlobSeal& request, const BlobProperties& blob,
                        const ServiceClock& time);

}  // namespace lapis::blob
