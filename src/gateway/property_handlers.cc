// Handlers of a blob's properties: what is read and written without its content.
#include "gateway/handlers.h"
#include "lapis/azure/ops/get_blob_metadata.h"
#include "lapis/azure/ops/set_blob_metadata.h"
#include "lapis/azure/ops/set_blob_properties.h"
#include "lapis/azure/ops/set_blob_tier.h"

namespace lapis::gateway {

LAPIS_HANDLER(get_blob_metadata) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob_metadata(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_blob_metadata(exchange.service, std::move(request)));
  co_return azure::render_get_blob_metadata(exchange.call, result);
}

LAPIS_HANDLER(set_blob_metadata) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_metadata(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::set_blob_metadata(exchange.service, std::move(request)));
  co_return azure::render_set_blob_metadata(exchange.call, result);
}

LAPIS_HANDLER(set_blob_properties) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_properties(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::set_blob_properties(exchange.service, std::move(request)));
  co_return azure::render_set_blob_properties(exchange.call, result);
}

LAPIS_HANDLER(set_blob_tier) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_tier(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::set_blob_tier(exchange.service, std::move(request)));
  co_return azure::render_set_blob_tier(exchange.call, result);
}

}  // namespace lapis::gateway
