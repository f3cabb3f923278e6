#include "gateway/handlers.h"
#include "lapis/azure/ops/get_account_information.h"
#include "lapis/azure/ops/list_containers.h"

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

}  // namespace lapis::gateway
