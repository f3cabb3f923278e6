#include "gateway/handlers.h"
#include "lapis/azure/ops/get_block_list.h"
#include "lapis/azure/ops/put_block.h"
#include "lapis/azure/ops/put_block_list.h"

namespace lapis::gateway {
namespace {

// A document small enough to be held: its length has been announced and is checked first.
io::Task<Result<std::string>> read_document(Exchange exchange, std::uint64_t max_bytes) {
  if (!exchange.call.request.content_length) {
    Error missing{ErrorCode::kMissingContentLengthHeader, "a document of unknown length"};
    co_return fail(std::move(missing).with("HeaderName", "Content-Length"));
  }
  const std::uint64_t length = exchange.body.remaining();
  if (length > max_bytes) {
    Error too_large{ErrorCode::kRequestBodyTooLarge, "document of " + std::to_string(length)};
    co_return fail(std::move(too_large).with("MaxLimit", std::to_string(max_bytes)));
  }
  std::string document(length, '\0');
  const MutableBytes bytes = std::as_writable_bytes(std::span(document));
  LAPIS_CO_TRY_VOID(co_await io::read_exactly(exchange.body, bytes));
  co_return document;
}

}  // namespace

LAPIS_HANDLER(put_block) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_put_block(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_block(exchange.service, std::move(request), exchange.body));
  co_return azure::render_put_block(exchange.call, result);
}

LAPIS_HANDLER(put_block_list) {
  LAPIS_CO_TRY(const std::string xml, co_await read_document(exchange, azure::kMaxBlockListBytes));
  LAPIS_CO_TRY(auto document, azure::parse_put_block_list(exchange.call, xml));
  document.request.may_overwrite = authorized.may_overwrite();
  blob::PutBlockList request = std::move(document.request);
  LAPIS_CO_TRY(const auto result,
               co_await blob::put_block_list(exchange.service, std::move(request)));
  co_return azure::render_put_block_list(exchange.call, document, result);
}

LAPIS_HANDLER(get_block_list) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_get_block_list(exchange.call));
  LAPIS_CO_TRY(const auto result,
               co_await blob::get_block_list(exchange.service, std::move(request)));
  co_return azure::render_get_block_list(exchange.call, result);
}

}  // namespace lapis::gateway
