#include "gateway/handlers.h"
#include "gateway/read_document.h"
#include "lapis/azure/ops/create_container.h"
#include "lapis/azure/ops/delete_container.h"
#include "lapis/azure/ops/get_container_acl.h"
#include "lapis/azure/ops/get_container_metadata.h"
#include "lapis/azure/ops/get_container_properties.h"
#include "lapis/azure/ops/list_blobs.h"
#include "lapis/azure/ops/restore_container.h"
#include "lapis/azure/ops/set_container_acl.h"
#include "lapis/azure/ops/set_container_metadata.h"

namespace lapis::gateway {

namespace {

Result<void> check_public(blob::PublicAccess level, const azure::Authorized& authorized) {
  if (level == blob::PublicAccess::kNone || authorized.may_be_public()) return {};
  return fail(ErrorCode::kPublicAccessNotPermitted);
}

}  // namespace

LAPIS_HANDLER(create_container) {
  LAPIS_CO_TRY(auto request, azure::parse_create_container(exchange.call));
  LAPIS_CO_TRY_VOID(check_public(request.level, authorized));
  LAPIS_CO_TRY(const auto result,
               co_await blob::create_container(exchange.service, std::move(request)));
  co_return azure::render_create_container(exchange.call, result);
}

LAPIS_HANDLER(get_container_properties) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_container_properties(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_container_properties(exchange.service, std::move(request)));
  co_return azure::render_get_container_properties(exchange.call, result);
}

LAPIS_HANDLER(get_container_metadata) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_container_metadata(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_container_properties(exchange.service, std::move(request)));
  co_return azure::render_get_container_metadata(exchange.call, result.properties);
}

LAPIS_HANDLER(set_container_metadata) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_set_container_metadata(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::set_container_metadata(exchange.service, std::move(request)));
  co_return azure::render_set_container_metadata(exchange.call, result);
}

LAPIS_HANDLER(get_container_acl) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_container_acl(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_container_acl(exchange.service, std::move(request)));
  co_return azure::render_get_container_acl(exchange.call, *result);
}

LAPIS_HANDLER(set_container_acl) {
  LAPIS_CO_TRY(const std::string xml,
               co_await read_document(exchange, azure::kMaxContainerAclBytes));
  LAPIS_CO_TRY(auto request, azure::parse_set_container_acl(exchange.call, xml));
  LAPIS_CO_TRY_VOID(check_public(request.access.level, authorized));
  LAPIS_CO_TRY(const auto result,
               co_await blob::set_container_acl(exchange.service, std::move(request)));
  co_return azure::render_set_container_acl(exchange.call, result);
}

LAPIS_HANDLER(delete_container) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_delete_container(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::delete_container(exchange.service, std::move(request)));
  co_return azure::render_delete_container(exchange.call, result);
}

LAPIS_HANDLER(restore_container) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_restore_container(exchange.call));
  LAPIS_CO_TRY_VOID(co_await blob::restore_container(exchange.service, std::move(request)));
  co_return azure::render_restore_container(exchange.call);
}

LAPIS_HANDLER(list_blobs) {
  (void)authorized;
  LAPIS_CO_TRY(const auto query, azure::parse_list_blobs(exchange.call));
  azure::ListBlobsWriter writer(exchange.call, query, *exchange.service.time);
  LAPIS_CO_TRY(const auto result,
               co_await blob::list_blobs(exchange.service, query.request, writer));
  co_return std::move(writer).finish(result);
}

}  // namespace lapis::gateway
