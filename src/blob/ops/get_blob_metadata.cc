#include "lapis/blob/ops/get_blob_metadata.h"

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<GetBlobMetadataResult>> get_blob_metadata(Service& service,
                                                          GetBlobMetadata request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  LAPIS_CO_TRY_VOID(
      check_lease(LeaseUse::kReadBlob, blob->properties.lease, request.lease, *service.time));
  const ConditionTarget target = target_of(blob->properties);
  LAPIS_CO_TRY_VOID(check_single_read(request.conditions, target));
  co_return GetBlobMetadataResult{{blob, &blob->properties}};
}

}  // namespace lapis::blob
