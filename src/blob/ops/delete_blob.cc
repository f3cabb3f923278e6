#include "lapis/blob/ops/delete_blob.h"

#include "blob/blob_rows.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

Result<void> check(const DeleteBlob& request, const BlobRows& rows) {
  if (!rows.blob && !rows.upload) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY_VOID(check_blob_lease(request.lease));
  if (!rows.blob) return check_write(request.conditions, nullptr, false);
  const BlobProperties& properties = rows.blob->properties;
  const ConditionTarget target{properties.etag, properties.last_modified};
  return check_write(request.conditions, &target, false);
}

Result<void> apply(storage::MetaView& view, ContainerId container, const DeleteBlob& request) {
  const std::string& name = request.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, container, name));
  LAPIS_TRY_VOID(check(request, rows));
  if (rows.upload) discard_upload(view, container, name, rows.upload->id);
  if (rows.blob) {
    view.erase(blob_key(container, name));
    queue_body(view, container, std::move(rows.blob->body));
  }
  return {};
}

}  // namespace

io::Task<Result<DeleteBlobResult>> delete_blob(Service& service, DeleteBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  auto transaction = [id = container->id, &request](storage::MetaView& view) {
    return apply(view, id, request);
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return DeleteBlobResult{};
}

}  // namespace lapis::blob
