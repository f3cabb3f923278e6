#include "lapis/blob/ops/put_block_from_url.h"

#include <utility>

#include "blob/block_source.h"

namespace lapis::blob {

io::Task<Result<PutBlockResult>> put_block_from_url(Service& service, PutBlockFromUrl request,
                                                    CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.source.conditions));
  LAPIS_CO_TRY_VOID(co_await check_put_block(service, request.block));
  LAPIS_CO_TRY(const auto source,
               co_await open_block_source(sources, std::move(request.source), request.max_length));
  request.block.content_length = source->properties().length;
  co_return co_await put_block(service, std::move(request.block), source->body());
}

}  // namespace lapis::blob
