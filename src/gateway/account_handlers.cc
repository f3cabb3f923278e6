#include "gateway/handlers.h"
#include "gateway/read_document.h"
#include "lapis/azure/ops/get_account_information.h"
#include "lapis/azure/ops/get_blob_service_properties.h"
#include "lapis/azure/ops/get_blob_service_stats.h"
#include "lapis/azure/ops/list_containers.h"
#include "lapis/azure/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/get_blob_service_properties.h"

namespace lapis::gateway {

LAPIS_HANDLER(list_containers) {
  (void)authorized;
  LAPIS_CO_TRY(blob::ListContainers request, azure::parse_list_containers(exchange.call));
  LAPIS_CO_TRY(const auto result, co_await blob::list_containers(exchange.service, request));
  co_return azure::render_list_containers(exchange.call, request, result);
}

LAPIS_HANDLER(get_account_information) {
  (void)authorized;
  co_return azure::render_get_account_information(exchange.call);
}

LAPIS_HANDLER(get_blob_service_stats) {
  (void)authorized;
  co_return azure::render_get_blob_service_stats(exchange.call, exchange.service.clock.now());
}

LAPIS_HANDLER(get_blob_service_properties) {
  (void)authorized;
  std::string account(exchange.call.target.account);
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_blob_service_properties(exchange.service, std::move(account)));
  co_return azure::render_get_blob_service_properties(exchange.call, result);
}

LAPIS_HANDLER(set_blob_service_properties) {
  (void)authorized;
  LAPIS_CO_TRY(const std::string xml,
               co_await read_document(exchange, azure::kMaxServicePropertiesBytes));
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_service_properties(exchange.call, xml));
  LAPIS_CO_TRY_VOID(
      co_await blob::set_blob_service_properties(exchange.service, std::move(request)));
  co_return azure::render_set_blob_service_properties(exchange.call);
}

}  // namespace lapis::gateway
