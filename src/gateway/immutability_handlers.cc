// Handlers of what protects a blob, a snapshot or a version.
#include "gateway/handlers.h"
#include "lapis/azure/ops/delete_blob_immutability_policy.h"
#include "lapis/azure/ops/set_blob_immutability_policy.h"
#include "lapis/azure/ops/set_blob_legal_hold.h"

namespace lapis::gateway {

LAPIS_HANDLER(set_blob_immutability_policy) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_immutability_policy(exchange.call));
  const blob::ImmutabilityPolicy policy = request.policy;
  LAPIS_CO_TRY_VOID(
      co_await blob::set_blob_immutability_policy(exchange.service, std::move(request)));
  co_return azure::render_set_blob_immutability_policy(exchange.call, policy);
}

LAPIS_HANDLER(delete_blob_immutability_policy) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_delete_blob_immutability_policy(exchange.call));
  LAPIS_CO_TRY_VOID(
      co_await blob::delete_blob_immutability_policy(exchange.service, std::move(request)));
  co_return azure::render_delete_blob_immutability_policy(exchange.call);
}

LAPIS_HANDLER(set_blob_legal_hold) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_legal_hold(exchange.call));
  const bool hold = request.hold;
  LAPIS_CO_TRY_VOID(co_await blob::set_blob_legal_hold(exchange.service, std::move(request)));
  co_return azure::render_set_blob_legal_hold(exchange.call, hold);
}

}  // namespace lapis::gateway
