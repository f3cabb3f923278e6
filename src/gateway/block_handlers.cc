#include "gateway/handlers.h"
#include "gateway/read_document.h"
#include "gateway/structured_stream.h"
#include "lapis/azure/ops/get_block_list.h"
#include "lapis/azure/ops/put_block.h"
#include "lapis/azure/ops/put_block_list.h"

namespace lapis::gateway {

LAPIS_HANDLER(put_block) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_put_block(exchange.call));
  UploadBody body(exchange);
  LAPIS_CO_TRY_VOID(body.open());
  if (body.is_empty_message()) LAPIS_CO_TRY_VOID(co_await body.check_empty());
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_block(exchange.service, std::move(request), body.source()));
  http::Response response = azure::render_put_block(exchange.call, result);
  body.describe(response);
  co_return response;
}

LAPIS_HANDLER(put_block_list) {
  LAPIS_CO_TRY(const std::string xml, co_await read_document(exchange, azure::kMaxBlockListBytes));
  LAPIS_CO_TRY(auto document, azure::parse_put_block_list(exchange.call, xml));
  document.request.may_overwrite = authorized.may_overwrite();
  blob::PutBlockList request = std::move(document.request);
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_block_list(exchange.service, std::move(request)));
  co_return azure::render_put_block_list(exchange.call, document, result);
}

LAPIS_HANDLER(get_block_list) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_block_list(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_block_list(exchange.service, std::move(request)));
  co_return azure::render_get_block_list(exchange.call, result);
}

}  // namespace lapis::gateway
