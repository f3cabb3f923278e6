#include "lapis/blob/ops/get_blob_properties.h"

#include "blob/last_access.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/pending_state.h"

namespace lapis::blob {

io::Task<Result<GetBlobPropertiesResult>> get_blob_properties(Service& service,
                                                              GetBlobProperties request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  const BlobProperties& properties = blob->properties;
  LAPIS_CO_TRY_VOID(
      check_lease(LeaseUse::kReadBlob, properties.lease, request.lease, *service.time));
  const ConditionTarget target = target_of(properties);
  if (request.single_condition) {
    LAPIS_CO_TRY_VOID(check_single_read(request.conditions, target));
  } else {
    LAPIS_CO_TRY_VOID(check_read(request.conditions, target));
  }
  co_return GetBlobPropertiesResult{with_progress(service, blob),
                                    lease_view(properties.lease, *service.time),
                                    told_last_access(service, request.key.account, properties)};
}

}  // namespace lapis::blob
