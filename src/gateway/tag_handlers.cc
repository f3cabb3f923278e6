#include "gateway/handlers.h"
#include "gateway/read_document.h"
#include "lapis/azure/ops/find_blobs_by_tags.h"
#include "lapis/azure/ops/get_blob_tags.h"
#include "lapis/azure/ops/set_blob_tags.h"

namespace lapis::gateway {

LAPIS_HANDLER(get_blob_tags) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_blob_tags(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_blob_tags(exchange.service, std::move(request)));
  co_return azure::render_get_blob_tags(exchange.call, result);
}

LAPIS_HANDLER(set_blob_tags) {
  (void)authorized;
  LAPIS_CO_TRY(const std::string xml, co_await read_document(exchange, azure::kMaxTagsBytes));
  LAPIS_CO_TRY(auto request, azure::parse_set_blob_tags(exchange.call, xml));
  LAPIS_CO_TRY_VOID(co_await blob::set_blob_tags(exchange.service, std::move(request)));
  co_return azure::render_set_blob_tags(exchange.call);
}

LAPIS_HANDLER(find_blobs_by_tags) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_find_blobs_by_tags(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::find_blobs_by_tags(exchange.service, std::move(request)));
  co_return azure::render_find_blobs_by_tags(exchange.call, result);
}

}  // namespace lapis::gateway
