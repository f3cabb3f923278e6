#include "lapis/azure/ops/put_page_from_url.h"

#include "azure/field_errors.h"
#include "azure/ops/page_write_headers.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/copy_headers.h"
#include "azure/request/page_headers.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kPutsPageFromUrl = 20181109;
constexpr std::string_view kSourceRange = "x-ms-source-range";

Result<void> check_page_write(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-page-write";
  const std::string_view text = headers.get(kName);
  if (text.empty()) return fail(missing_header(kName));
  if (!http::iequals(text, "update")) return fail(invalid_header(kName, text));
  return {};
}

// As long as the pages, and so with an end.
Result<blob::RequestedRange> parse_range_of_source(const http::Headers& headers,
                                                   std::uint64_t length) {
  LAPIS_TRY(const auto range, parse_source_range(headers));
  if (!range) return fail(missing_header(kSourceRange));
  if (!range->last || *range->last - range->first != length - 1) {
    return fail(invalid_header(kSourceRange, headers.get(kSourceRange)));
  }
  return *range;
}

}  // namespace

Result<blob::PutPageFromUrl> parse_put_page_from_url(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::PutPageFromUrl request;
  LAPIS_TRY_VOID(check_page_write(headers));
  LAPIS_TRY(request.source, parse_copy_source(call, kPutsPageFromUrl));
  LAPIS_TRY(request.page.range, parse_page_range(headers));
  if (request.page.range.length > blob::kMaxPageWrite) {
    return fail(Error{ErrorCode::kRequestBodyTooLarge}.with("MaxLimit",
                                                            std::to_string(blob::kMaxPageWrite)));
  }
  LAPIS_TRY(request.source.range, parse_range_of_source(headers, request.page.range.length));
  LAPIS_TRY_VOID(parse_page_write(call, request.page));
  LAPIS_TRY(request.page.hashes, parse_source_hashes(call));
  request.page.want_md5 = wants_source_md5(call);
  return request;
}

http::Response render_put_page_from_url(const Call& call, const blob::PutPageResult& result) {
  http::Response response;
  response.status = 201;
  add_page_write_headers(response.headers, result);
  add_source_hash(response.headers, call, result.md5, result.crc64);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
