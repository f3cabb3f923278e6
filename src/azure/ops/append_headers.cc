#include "azure/ops/append_headers.h"

#include <string>

#include "azure/ops/response_headers.h"
#include "azure/request/append_conditions.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {

Result<blob::AppendBlock> parse_append(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::AppendBlock request;
  request.key = blob_key(call);
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.position, parse_append_position(headers));
  LAPIS_TRY(request.max_size, parse_max_size(headers));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response appended_response(const blob::AppendBlockResult& result) {
  http::Response response;
  response.status = 201;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  response.headers.add("x-ms-blob-append-offset", std::to_string(result.offset));
  response.headers.add("x-ms-blob-committed-block-count", std::to_string(result.blocks));
  return response;
}

}  // namespace lapis::azure
