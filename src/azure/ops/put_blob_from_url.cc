#include "lapis/azure/ops/put_blob_from_url.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/copy_headers.h"
#include "azure/request/http_properties.h"
#include "azure/request/new_blob.h"

namespace lapis::azure {
namespace {

Result<void> check_type(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-blob-type";
  const std::string_view type = headers.get(kName);
  if (http::iequals(type, "BlockBlob")) return {};
  return fail(invalid_header(kName, type));
}

Result<bool> parse_copy_properties(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-copy-source-blob-properties";
  const std::string_view value = headers.get(kName);
  if (value.empty() || http::iequals(value, "true")) return true;
  if (http::iequals(value, "false")) return false;
  return fail(invalid_header(kName, value));
}

}  // namespace

Result<blob::PutBlobFromUrl> parse_put_blob_from_url(const Call& call) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY_VOID(check_type(headers));
  blob::PutBlobFromUrl request;
  LAPIS_TRY(request.source, parse_copy_source(call, kPutsBlobFromUrl));
  LAPIS_TRY(request.copy_properties, parse_copy_properties(headers));
  request.max_length = put_blob_limit(call.version.effective);
  LAPIS_TRY(request.source.wants_tags, parse_tag_option(call));
  LAPIS_TRY(request.blob, parse_new_blob(call));
  LAPIS_TRY(request.blob.http, set_blob_http_properties(call));
  LAPIS_TRY(request.blob.hashes, parse_source_hashes(call));
  return request;
}

http::Response render_put_blob_from_url(const Call& call, const blob::PutBlobResult& result) {
  http::Response response;
  response.status = 201;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, result.etag, result.last_modified);
  headers.add("Content-MD5", md5_text(result.md5));
  headers.add("x-ms-content-crc64", crc64_text(result.crc64));
  add_version(headers, call, result.version);
  add_request_encrypted(headers, call);
  return response;
}

}  // namespace lapis::azure
