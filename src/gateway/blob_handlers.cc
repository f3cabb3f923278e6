#include "gateway/handlers.h"
#include "gateway/structured_stream.h"
#include "lapis/azure/blob_types.h"
#include "lapis/azure/ops/delete_blob.h"
#include "lapis/azure/ops/get_blob.h"
#include "lapis/azure/ops/get_blob_properties.h"
#include "lapis/azure/ops/put_blob.h"
#include "lapis/azure/ops/snapshot_blob.h"
#include "lapis/azure/ops/undelete_blob.h"

namespace lapis::gateway {

LAPIS_HANDLER(get_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob(exchange.call));
  LAPIS_CO_TRY(const bool structured, azure::wants_structured(exchange.call.request));
  LAPIS_CO_TRY(auto result, co_await blob::get_blob(exchange.service, std::move(request)));
  LAPIS_CO_TRY_VOID(azure::check_type_known(exchange.call, result.properties->type));
  http::Response response = azure::render_get_blob(exchange.call, std::move(result));
  if (structured) make_structured(response);
  co_return response;
}

LAPIS_HANDLER(get_blob_properties) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob_properties(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_blob_properties(exchange.service, std::move(request)));
  LAPIS_CO_TRY_VOID(azure::check_type_known(exchange.call, result.properties->type));
  co_return azure::render_get_blob_properties(exchange.call, result);
}

LAPIS_HANDLER(put_blob) {
  LAPIS_CO_TRY(auto request, azure::parse_put_blob(exchange.call));
  request.may_overwrite = authorized.may_overwrite();
  UploadBody body(exchange);
  LAPIS_CO_TRY_VOID(body.open());
  if (body.is_empty_message()) LAPIS_CO_TRY_VOID(co_await body.check_empty());
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_blob(exchange.service, std::move(request), body.source()));
  http::Response response = azure::render_put_blob(exchange.call, result);
  body.describe(response);
  co_return response;
}

LAPIS_HANDLER(delete_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_delete_blob(exchange.call));
  LAPIS_CO_TRY(const auto result, co_await blob::delete_blob(exchange.service, std::move(request)));
  co_return azure::render_delete_blob(exchange.call, result);
}

LAPIS_HANDLER(undelete_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_undelete_blob(exchange.call));
  LAPIS_CO_TRY_VOID(co_await blob::undelete_blob(exchange.service, std::move(request)));
  co_return azure::render_undelete_blob(exchange.call);
}

LAPIS_HANDLER(snapshot_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_snapshot_blob(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::snapshot_blob(exchange.service, std::move(request)));
  co_return azure::render_snapshot_blob(exchange.call, result);
}

}  // namespace lapis::gateway
