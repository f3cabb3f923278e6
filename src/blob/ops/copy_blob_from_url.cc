#include "lapis/blob/ops/copy_blob_from_url.h"

#include <utility>

#include "blob/copy_rules.h"

namespace lapis::blob {
namespace {

io::Task<Result<CopyBlobFromUrlResult>> copy(Service& service, CopyBlobFromUrl request,
                                             CopySources& sources) {
  PutBlob& blob = request.blob;
  blob.same_type = true;
  blob.keeps_md5 = true;
  LAPIS_CO_TRY_VOID(co_await check_put_blob(service, blob));
  std::string shown = shown_source(request.source.url);
  LAPIS_CO_TRY(const auto source, co_await sources.open(std::move(request.source)));
  const SourceProperties& properties = source->properties();
  if (properties.type && *properties.type != BlobType::kBlock) {
    co_return fail(ErrorCode::kInvalidSourceBlobType);
  }
  LAPIS_CO_TRY_VOID(check_source_length(properties.length, kMaxSyncCopy));
  LAPIS_CO_TRY_VOID(take_over(properties, {}, blob));
  blob.content_length = properties.length;
  CopyProperties copy;
  copy.id = Guid::make();
  const Guid id = copy.id;
  copy.source = std::move(shown);
  copy.copied = copy.total = properties.length;
  blob.copy = std::move(copy);
  LAPIS_CO_TRY(PutBlobResult put, co_await put_blob(service, std::move(blob), source->body()));
  co_return CopyBlobFromUrlResult{std::move(put), id};
}

}  // namespace

io::Task<Result<CopyBlobFromUrlResult>> copy_blob_from_url(Service& service,
                                                           CopyBlobFromUrl request,
                                                           CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.source.conditions));
  auto result = co_await copy(service, std::move(request), sources);
  if (!result) co_return fail(of_target(std::move(result).error()));
  co_return result;
}

}  // namespace lapis::blob
