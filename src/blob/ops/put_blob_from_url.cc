#include "lapis/blob/ops/put_blob_from_url.h"

#include <utility>

#include "blob/copy_rules.h"

namespace lapis::blob {
namespace {

io::Task<Result<PutBlobResult>> put(Service& service, PutBlobFromUrl request,
                                    CopySources& sources) {
  LAPIS_CO_TRY_VOID(co_await check_put_blob(service, request.blob));
  LAPIS_CO_TRY(const auto source, co_await sources.open(std::move(request.source)));
  const SourceProperties& properties = source->properties();
  LAPIS_CO_TRY_VOID(check_source_length(properties.length, request.max_length));
  PutBlob& blob = request.blob;
  blob.keeps_md5 = blob.http.content_md5.has_value();
  const TakenOver what{.properties = request.copy_properties, .md5 = false};
  LAPIS_CO_TRY_VOID(take_over(properties, what, blob));
  blob.content_length = properties.length;
  co_return co_await put_blob(service, std::move(blob), source->body());
}

}  // namespace

io::Task<Result<PutBlobResult>> put_blob_from_url(Service& service, PutBlobFromUrl request,
                                                  CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.source.conditions));
  auto result = co_await put(service, std::move(request), sources);
  if (!result) co_return fail(of_target(std::move(result).error()));
  co_return result;
}

}  // namespace lapis::blob
