#include "lapis/azure/ops/put_page.h"

#include <string>

#include "azure/field_errors.h"
#include "azure/ops/page_write_headers.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/page_headers.h"

namespace lapis::azure {
namespace {

Result<bool> parse_clears(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-page-write";
  const std::string_view text = headers.get(kName);
  if (text.empty()) return fail(missing_header(kName));
  if (http::iequals(text, "update")) return false;
  if (http::iequals(text, "clear")) return true;
  return fail(invalid_header(kName, text));
}

}  // namespace

Result<PutPageRequest> parse_put_page(const Call& call) {
  const http::Headers& headers = call.request.headers;
  PutPageRequest request;
  LAPIS_TRY(request.clears, parse_clears(headers));
  LAPIS_TRY(const std::uint64_t length, body_length(call.request, blob::kMaxPageWrite));
  LAPIS_TRY(request.pages.range, parse_page_range(headers));
  if (length != (request.clears ? 0 : request.pages.range.length)) {
    return fail(invalid_header("Content-Length", std::to_string(length)));
  }
  LAPIS_TRY_VOID(parse_page_write(call, request.pages));
  LAPIS_TRY(request.pages.hashes, parse_body_hashes(call));
  if (request.clears) LAPIS_TRY_VOID(check_hashes(request.pages.hashes, hash_document({})));
  request.pages.want_md5 = wants_md5(call);
  return request;
}

http::Response render_put_page(const Call& call, const blob::PutPageResult& result) {
  http::Response response = render_clear_pages(result);
  add_body_hash(response.headers, call, result.md5, result.crc64);
  add_request_encrypted(response.headers, call);
  return response;
}

http::Response render_clear_pages(const blob::PutPageResult& result) {
  http::Response response;
  response.status = 201;
  add_page_write_headers(response.headers, result);
  return response;
}

}  // namespace lapis::azure
