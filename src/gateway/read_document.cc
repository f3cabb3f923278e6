#include "gateway/read_document.h"

#include <span>

namespace lapis::gateway {

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

}  // namespace lapis::gateway
