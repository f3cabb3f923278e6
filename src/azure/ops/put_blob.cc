#include "lapis/azure/ops/put_blob.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/http_properties.h"
#include "azure/request/new_blob.h"

namespace lapis::azure {
namespace {

Result<void> check_type(const http::Headers& headers) {
  const std::string_view type = headers.get("x-ms-blob-type");
  if (type.empty()) return fail(missing_header("x-ms-blob-type"));
  if (http::iequals(type, "BlockBlob")) return {};
  return fail(invalid_header("x-ms-blob-type", type));
}

}  // namespace

Result<blob::PutBlob> parse_put_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY_VOID(check_type(headers));
  LAPIS_TRY(const std::uint64_t length,
            body_length(call.request, put_blob_limit(call.version.effective)));
  LAPIS_TRY(blob::PutBlob request, parse_new_blob(call));
  request.content_length = length;
  request.http = put_blob_properties(call);
  LAPIS_TRY(request.hashes, parse_body_hashes(call));
  LAPIS_TRY(request.blob_md5, parse_md5(headers, "x-ms-blob-content-md5"));
  return request;
}

http::Response render_put_blob(const Call& call, const blob::PutBlobResult& result) {
  http::Response response;
  response.status = 201;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, result.etag, result.last_modified);
  headers.add("Content-MD5", md5_text(result.md5));
  if (call.at_least(kTellsCrc64)) headers.add("x-ms-content-crc64", crc64_text(result.crc64));
  add_version(headers, call, result.version);
  add_request_encrypted(headers, call);
  return response;
}

}  // namespace lapis::azure
