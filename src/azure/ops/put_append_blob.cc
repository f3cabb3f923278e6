#include "lapis/azure/ops/put_append_blob.h"

#include <string>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/common_headers.h"
#include "azure/request/http_properties.h"
#include "azure/request/new_blob.h"
#include "lapis/azure/blob_types.h"

namespace lapis::azure {
namespace {

Result<void> check_shape(const Call& call) {
  const http::Headers& headers = call.request.headers;
  if (!call.at_least(kAppendBlobs)) {
    return fail(invalid_header("x-ms-blob-type", headers.get("x-ms-blob-type")));
  }
  constexpr std::string_view kTier = "x-ms-access-tier";
  if (call.at_least(kTiersOfNewBlobs) && !headers.get(kTier).empty()) {
    return fail(unsupported_header(kTier));
  }
  return check_no_body(call.request);
}

}  // namespace

Result<blob::PutBlob> parse_put_append_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY_VOID(check_shape(call));
  LAPIS_TRY(blob::PutBlob request, parse_new_blob(call));
  request.http = put_blob_properties(call);
  LAPIS_TRY(request.http.content_md5, parse_md5(headers, "x-ms-blob-content-md5"));
  LAPIS_TRY(request.hashes, parse_body_hashes(call));
  return request;
}

http::Response render_put_append_blob(const Call& call, const blob::PutBlobResult& result) {
  return made_blob_response(call, {result.etag, result.last_modified, result.version});
}

}  // namespace lapis::azure
