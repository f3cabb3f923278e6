#include "gateway/handlers.h"
#include "lapis/azure/ops/delete_blob.h"
#include "lapis/azure/ops/get_blob.h"
#include "lapis/azure/ops/get_blob_properties.h"
#include "lapis/azure/ops/put_blob.h"

namespace lapis::gateway {

LAPIS_HANDLER(get_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob(exchange.call));
  LAPIS_CO_TRY(auto result, co_await blob::get_blob(exchange.service, std::move(request)));
  co_return azure::render_get_blob(exchange.call, std::move(result));
}

LAPIS_HANDLER(get_blob_properties) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob_properties(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_blob_properties(exchange.service, std::move(request)));
  co_return azure::render_get_blob_properties(exchange.call, result);
}

LAPIS_HANDLER(put_blob) {
  LAPIS_CO_TRY(auto request, azure::parse_put_blob(exchange.call));
  request.may_overwrite = authorized.may_overwrite();
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_blob(exchange.service, std::move(request), exchange.body));
  co_return azure::render_put_blob(exchange.call, result);
}

LAPIS_HANDLER(delete_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_delete_blob(exchange.call));
  LAPIS_CO_TRY(const auto result, co_await blob::delete_blob(exchange.service, std::move(request)));
  co_return azure::render_delete_blob(exchange.call, result);
}

}  // namespace lapis::gateway
