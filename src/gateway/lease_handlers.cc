#include "gateway/handlers.h"
#include "lapis/azure/lease_answer.h"
#include "lapis/azure/ops/lease_blob.h"
#include "lapis/azure/ops/lease_container.h"

namespace lapis::gateway {

LAPIS_HANDLER(lease_blob) {
  (void)authorized;
  LAPIS_CO_TRY(const auto request, azure::parse_lease_blob(exchange.call));
  LAPIS_CO_TRY(const auto result, co_await blob::lease_blob(exchange.service, request));
  co_return azure::render_lease_action(exchange.call, request.action, result);
}

LAPIS_HANDLER(lease_container) {
  (void)authorized;
  LAPIS_CO_TRY(const auto request, azure::parse_lease_container(exchange.call));
  LAPIS_CO_TRY(const auto result, co_await blob::lease_container(exchange.service, request));
  co_return azure::render_lease_action(exchange.call, request.action, result);
}

}  // namespace lapis::gateway
