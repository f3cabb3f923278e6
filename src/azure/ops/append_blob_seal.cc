#include "lapis/azure/ops/append_blob_seal.h"

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/append_conditions.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "lapis/azure/blob_types.h"

namespace lapis::azure {

Result<blob::AppendBlobSeal> parse_append_blob_seal(const Call& call) {
  if (!call.at_least(kSealedBlobs)) return fail(invalid_parameter("comp", "seal", ""));
  const http::Headers& headers = call.request.headers;
  blob::AppendBlobSeal request;
  request.key = blob_key(call);
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.position, parse_append_position(headers));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_append_blob_seal(const Call&, const blob::AppendBlobSealResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  response.headers.add("x-ms-blob-sealed", "true");
  return response;
}

}  // namespace lapis::azure
