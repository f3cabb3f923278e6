#include "blob/single_read.h"

#include "blob/lease.h"

namespace lapis::blob {

io::Task<Result<Shared<BlobRecord>>> find_for_single_read(Service& service, const BlobKey& key,
                                                          const Conditions& conditions,
                                                          const std::optional<LeaseId>& lease) {
  LAPIS_CO_TRY_VOID(check_write_shape(conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key));
  LAPIS_CO_TRY(auto blob, co_await find_blob(service, container->id, key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  const BlobProperties& properties = blob->properties;
  LAPIS_CO_TRY_VOID(check_lease(LeaseUse::kReadBlob, properties.lease, lease, *service.time));
  LAPIS_CO_TRY_VOID(check_single_read(conditions, target_of(properties)));
  co_return blob;
}

}  // namespace lapis::blob
