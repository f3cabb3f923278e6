#include "lapis/blob/ops/abort_copy_blob.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/pending_state.h"

namespace lapis::blob {
namespace {

Result<void> check(const AbortCopyBlob& request, const BlobProperties& properties,
                   const ServiceClock& time) {
  LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, properties.lease, request.lease, time));
  if (!is_pending(properties)) return fail(ErrorCode::kNoPendingCopyOperation);
  if (properties.copy->id != request.copy) return fail(ErrorCode::kCopyIdMismatch);
  return {};
}

}  // namespace

io::Task<Result<void>> abort_copy_blob(Service& service, AbortCopyBlob request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  const Timestamp now = service.clock.now();
  PendingCopy copy{.id = request.copy, .container = container->id, .key = request.key};
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY_VOID(check_live(view, container->id));
    LAPIS_TRY(const auto row, view.get(blob_key(container->id, request.key.name)));
    if (!row) return fail(ErrorCode::kBlobNotFound);
    LAPIS_TRY(const BlobProperties properties, decode_properties(*row));
    LAPIS_TRY_VOID(check(request, properties, *service.time));
    const CopyEnd end{.status = CopyStatus::kAborted};
    LAPIS_TRY_VOID(end_pending_copy(view, copy, end, now, *service.time));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  if (service.copies) service.copies->abort(request.copy);
  co_return Result<void>{};
}

}  // namespace lapis::blob
