#include "lapis/blob/ops/get_blob_tags.h"

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {

io::Task<Result<Tags>> get_blob_tags(Service& service, GetBlobTags request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  const BlobProperties& properties = blob->properties;
  LAPIS_CO_TRY_VOID(
      check_lease(LeaseUse::kReadBlob, properties.lease, request.lease, *service.time));
  LAPIS_CO_TRY_VOID(check_single_read(request.conditions, target_of(properties)));
  co_return properties.tags;
}

}  // namespace lapis::blob
