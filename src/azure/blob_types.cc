#include "lapis/azure/blob_types.h"

namespace lapis::azure {

Result<void> check_type_known(const Call& call, blob::BlobType type) {
  if (type != blob::BlobType::kAppend || call.at_least(kAppendBlobs)) return {};
  return fail(ErrorCode::kFeatureVersionMismatch, "an append blob");
}

}  // namespace lapis::azure
