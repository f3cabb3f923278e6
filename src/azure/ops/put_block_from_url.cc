#include "lapis/azure/ops/put_block_from_url.h"

#include "azure/ops/response_headers.h"
#include "azure/request/block_ids.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/common_headers.h"
#include "azure/request/copy_headers.h"

namespace lapis::azure {

Result<blob::PutBlockFromUrl> parse_put_block_from_url(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::PutBlockFromUrl request;
  LAPIS_TRY(request.source, parse_copy_source(call, kCopiesFromUrl));
  LAPIS_TRY(request.source.range, parse_source_range(headers));
  request.max_length = put_block_limit(call.version.effective);
  request.block.key = blob_key(call);
  LAPIS_TRY(request.block.block, parse_block_id(call.target.query));
  LAPIS_TRY(request.block.lease, parse_lease(headers));
  LAPIS_TRY(request.block.hashes, parse_source_hashes(call));
  request.block.want_md5 = wants_md5(call);
  return request;
}

http::Response render_put_block_from_url(const Call& call, const blob::PutBlockResult& result) {
  http::Response response;
  response.status = 201;
  add_body_hash(response.headers, call, result.md5, result.crc64, "x-ms-source-content-md5");
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
