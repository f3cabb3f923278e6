#include "gateway/read_document.h"

#include <algorithm>
#include <span>

namespace lapis::gateway {
namespace {

constexpr std::uint64_t kFirstBytes = 16 << 10;

}  // namespace

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
  // What has been announced need not come: each step takes as much memory as the ones before it.
  std::string document;
  while (document.size() < length) {
    const std::size_t had = document.size();
    document.resize(std::min(length, std::max<std::uint64_t>(2 * had, kFirstBytes)));
    const MutableBytes more = std::as_writable_bytes(std::span(document)).subspan(had);
    LAPIS_CO_TRY_VOID(co_await io::read_exactly(exchange.body, more));
  }
  co_return document;
}

}  // namespace lapis::gateway
