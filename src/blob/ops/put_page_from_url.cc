#include "lapis/blob/ops/put_page_from_url.h"

#include <utility>

#include "blob/copy_rules.h"

namespace lapis::blob {
namespace {

io::Task<Result<PutPageResult>> put(Service& service, PutPageFromUrl request,
                                    CopySources& sources) {
  LAPIS_CO_TRY_VOID(co_await check_put_page(service, request.page));
  LAPIS_CO_TRY(const auto source, co_await sources.open(std::move(request.source)));
  if (source->properties().length != request.page.range.length) {
    co_return fail(ErrorCode::kInvalidRange, "the source ends within its range");
  }
  co_return co_await put_page(service, std::move(request.page), source->body());
}

}  // namespace

io::Task<Result<PutPageResult>> put_page_from_url(Service& service, PutPageFromUrl request,
                                                  CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.source.conditions));
  auto result = co_await put(service, std::move(request), sources);
  if (!result) co_return fail(of_target(std::move(result).error()));
  co_return result;
}

}  // namespace lapis::blob
