#include "lapis/blob/ops/abort_copy_blob.h"

#include <utility>

#include "blob/lease.h"
#include "blob/lookup.h"

namespace lapis::blob {
namespace {

io::Task<Result<void>> check(Service& service, AbortCopyBlob request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  co_return check_lease(LeaseUse::kWriteBlob, blob->properties.lease, request.lease, *service.time);
}

}  // namespace

io::Task<Error> abort_copy_blob(Service& service, AbortCopyBlob request) {
  auto may = co_await check(service, std::move(request));
  if (!may) co_return std::move(may).error();
  co_return Error{ErrorCode::kNoPendingCopyOperation};
}

}  // namespace lapis::blob
