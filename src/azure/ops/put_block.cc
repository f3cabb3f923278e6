#include "lapis/azure/ops/put_block.h"

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/block_ids.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/common_headers.h"

namespace lapis::azure {

Result<blob::PutBlock> parse_put_block(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::PutBlock request;
  request.key = blob_key(call);
  LAPIS_TRY(request.block, parse_block_id(call.target.query));
  LAPIS_TRY(request.content_length,
            body_length(call.request, put_block_limit(call.version.effective)));
  if (request.content_length == 0) return fail(invalid_header("Content-Length", "0"));
  LAPIS_TRY(request.lease, parse_lease(headers));
  LAPIS_TRY(request.hashes, parse_body_hashes(call));
  request.want_md5 = wants_md5(call);
  return request;
}

http::Response render_put_block(const Call& call, const blob::PutBlockResult& result) {
  http::Response response;
  response.status = 201;
  add_body_hash(response.headers, call, result.md5, result.crc64);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
