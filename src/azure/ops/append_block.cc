#include "lapis/azure/ops/append_block.h"

#include "azure/field_errors.h"
#include "azure/ops/append_headers.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "lapis/azure/blob_types.h"

namespace lapis::azure {

Result<blob::AppendBlock> parse_append_block(const Call& call) {
  if (!call.at_least(kAppendBlobs)) return fail(invalid_parameter("comp", "appendblock", ""));
  LAPIS_TRY(blob::AppendBlock request, parse_append(call));
  LAPIS_TRY(request.content_length,
            body_length(call.request, append_block_limit(call.version.effective)));
  if (request.content_length == 0) return fail(invalid_header("Content-Length", "0"));
  LAPIS_TRY(request.hashes, parse_body_hashes(call));
  request.want_md5 = wants_md5(call);
  return request;
}

http::Response render_append_block(const Call& call, const blob::AppendBlockResult& result) {
  http::Response response = appended_response(result);
  add_body_hash(response.headers, call, result.md5, result.crc64);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
