#include "blob/lease.h"

namespace lapis::blob {

Result<void> check_blob_lease(const std::optional<LeaseId>& given) {
  if (given) return fail(ErrorCode::kLeaseNotPresentWithBlobOperation);
  return {};
}

Result<void> check_container_lease(const std::optional<LeaseId>& given) {
  if (given) return fail(ErrorCode::kLeaseNotPresentWithContainerOperation);
  return {};
}

}  // namespace lapis::blob
