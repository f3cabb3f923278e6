#include "gateway/handlers.h"
#include "gateway/structured_stream.h"
#include "lapis/azure/ops/append_blob_seal.h"
#include "lapis/azure/ops/append_block.h"
#include "lapis/azure/ops/put_append_blob.h"

namespace lapis::gateway {

LAPIS_HANDLER(put_append_blob) {
  LAPIS_CO_TRY(auto request, azure::parse_put_append_blob(exchange.call));
  request.may_overwrite = authorized.may_overwrite();
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_append_blob(exchange.service, std::move(request)));
  co_return azure::render_put_append_blob(exchange.call, result);
}

LAPIS_HANDLER(append_block) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_append_block(exchange.call));
  UploadBody body(exchange);
  LAPIS_CO_TRY_VOID(body.open());
  LAPIS_CO_TRY(const auto result,
               co_await blob::append_block(exchange.service, std::move(request), body.source()));
  http::Response response = azure::render_append_block(exchange.call, result);
  body.describe(response);
  co_return response;
}

LAPIS_HANDLER(append_blob_seal) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_append_blob_seal(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::append_blob_seal(exchange.service, std::move(request)));
  co_return azure::render_append_blob_seal(exchange.call, result);
}

}  // namespace lapis::gateway
