#include "lapis/azure/ops/append_block_from_url.h"

#include "azure/ops/append_headers.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/copy_headers.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kAppendsFromUrl = 20181109;

}  // namespace

Result<blob::AppendBlockFromUrl> parse_append_block_from_url(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::AppendBlockFromUrl request;
  LAPIS_TRY(request.source, parse_copy_source(call, kAppendsFromUrl));
  LAPIS_TRY(request.source.range, parse_source_range(headers));
  request.max_length = append_block_limit(call.version.effective);
  LAPIS_TRY(request.block, parse_append(call));
  LAPIS_TRY(request.block.hashes, parse_source_hashes(call));
  request.block.want_md5 = wants_source_md5(call);
  return request;
}

http::Response render_append_block_from_url(const Call& call,
                                            const blob::AppendBlockResult& result) {
  http::Response response = appended_response(result);
  add_source_hash(response.headers, call, result.md5, result.crc64);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
