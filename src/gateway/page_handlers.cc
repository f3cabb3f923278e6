// Handlers of what only page blobs have.
#include "gateway/handlers.h"
#include "gateway/structured_stream.h"
#include "lapis/azure/ops/get_page_ranges.h"
#include "lapis/azure/ops/put_page.h"
#include "lapis/azure/ops/put_page_blob.h"

namespace lapis::gateway {

LAPIS_HANDLER(put_page_blob) {
  LAPIS_CO_TRY(auto request, azure::parse_put_page_blob(exchange.call));
  request.blob.may_overwrite = authorized.may_overwrite();
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_page_blob(exchange.service, std::move(request)));
  co_return azure::render_put_page_blob(exchange.call, result);
}

LAPIS_HANDLER(put_page) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_put_page(exchange.call));
  UploadBody body(exchange);
  LAPIS_CO_TRY_VOID(body.open());
  if (body.is_empty_message()) LAPIS_CO_TRY_VOID(co_await body.check_empty());
  if (request.clears) {
    LAPIS_CO_TRY(const auto cleared,
                 co_await blob::clear_pages(exchange.service, std::move(request.pages)));
    co_return azure::render_clear_pages(cleared);
  }
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_page(exchange.service, std::move(request.pages), body.source()));
  http::Response response = azure::render_put_page(exchange.call, result);
  body.describe(response);
  co_return response;
}

LAPIS_HANDLER(get_page_ranges) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_page_ranges(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_page_ranges(exchange.service, std::move(request)));
  co_return azure::render_get_page_ranges(exchange.call, result);
}

}  // namespace lapis::gateway
