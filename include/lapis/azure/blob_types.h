// Which types of blobs a request can be told of.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

inline constexpr std::uint32_t kAppendBlobs = 20150221;
inline constexpr std::uint32_t kSealedBlobs = 20191212;

// Errors: kFeatureVersionMismatch where the request's version does not know append blobs.
Result<void> check_type_known(const Call& call, blob::BlobType type);

}  // namespace lapis::azure
