#include "gateway/handlers.h"
#include "lapis/azure/ops/abort_copy_blob.h"
#include "lapis/azure/ops/append_block_from_url.h"
#include "lapis/azure/ops/copy_blob.h"
#include "lapis/azure/ops/copy_blob_from_url.h"
#include "lapis/azure/ops/incremental_copy_blob.h"
#include "lapis/azure/ops/put_blob_from_url.h"
#include "lapis/azure/ops/put_block_from_url.h"
#include "lapis/azure/ops/put_page_from_url.h"

namespace lapis::gateway {
namespace {

template <class Request, class Copied>
using Copying = io::Task<Result<Copied>> (*)(blob::Service&, Request, blob::CopySources&);

template <class Copied>
using Rendering = http::Response (*)(const azure::Call&, const Copied&);

template <class Request, class Copied>
io::Task<Result<http::Response>> answer(Exchange exchange, Request request,
                                        Copying<Request, Copied> copy, Rendering<Copied> render) {
  if (exchange.sources == nullptr) {
    co_return fail(ErrorCode::kCannotVerifyCopySource, "this gateway reads no sources");
  }
  LAPIS_CO_TRY(const Copied copied,
               co_await copy(exchange.service, std::move(request), *exchange.sources));
  co_return render(exchange.call, copied);
}

}  // namespace

LAPIS_HANDLER(put_block_from_url) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_put_block_from_url(exchange.call));
  co_return co_await answer(exchange, std::move(request), blob::put_block_from_url,
                            azure::render_put_block_from_url);
}

LAPIS_HANDLER(append_block_from_url) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_append_block_from_url(exchange.call));
  co_return co_await answer(exchange, std::move(request), blob::append_block_from_url,
                            azure::render_append_block_from_url);
}

LAPIS_HANDLER(put_page_from_url) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_put_page_from_url(exchange.call));
  co_return co_await answer(exchange, std::move(request), blob::put_page_from_url,
                            azure::render_put_page_from_url);
}

LAPIS_HANDLER(put_blob_from_url) {
  LAPIS_CO_TRY(auto request, azure::parse_put_blob_from_url(exchange.call));
  request.blob.may_overwrite = authorized.may_overwrite();
  co_return co_await answer(exchange, std::move(request), blob::put_blob_from_url,
                            azure::render_put_blob_from_url);
}

LAPIS_HANDLER(copy_blob_from_url) {
  LAPIS_CO_TRY(auto request, azure::parse_copy_blob_from_url(exchange.call));
  request.blob.may_overwrite = authorized.may_overwrite();
  co_return co_await answer(exchange, std::move(request), blob::copy_blob_from_url,
                            azure::render_copy_blob_from_url);
}

LAPIS_HANDLER(copy_blob) {
  const bool by_key = authorized.kind() == azure::CredentialKind::kSharedKey;
  LAPIS_CO_TRY(auto request, azure::parse_copy_blob(exchange.call, by_key));
  request.blob.may_overwrite = authorized.may_overwrite();
  co_return co_await answer(exchange, std::move(request), blob::copy_blob, azure::render_copy_blob);
}

LAPIS_HANDLER(incremental_copy_blob) {
  const bool by_key = authorized.kind() == azure::CredentialKind::kSharedKey;
  LAPIS_CO_TRY(auto request, azure::parse_incremental_copy_blob(exchange.call, by_key));
  request.may_overwrite = authorized.may_overwrite();
  co_return co_await answer(exchange, std::move(request), blob::incremental_copy_blob,
                            azure::render_copy_blob);
}

LAPIS_HANDLER(abort_copy_blob) {
  (void)authorized;
  LAPIS_CO_TRY(auto request, azure::parse_abort_copy_blob(exchange.call));
  LAPIS_CO_TRY_VOID(co_await blob::abort_copy_blob(exchange.service, std::move(request)));
  co_return azure::render_abort_copy_blob();
}

}  // namespace lapis::gateway
