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
  LAPIS_TRY(request.block.hashes, parse_source_hashes(headers));
  request.block.want_md5 = true;
  return request;
}

// Of one hash it is the MD5, whatever the version, unless the request gave a CRC-64.
http::Response render_append_block_from_url(const Call& call,
                                            const blob::AppendBlockResult& result) {
  http::Response response = appended_response(result);
  http::Headers& headers = response.headers;
  const bool both = call.at_least(kTellsBothHashes);
  const bool by_crc = !call.request.headers.get("x-ms-source-content-crc64").empty();
  if (result.md5 && (both || !by_crc)) headers.add("Content-MD5", md5_text(*result.md5));
  if (both || by_crc) headers.add("x-ms-content-crc64", crc64_text(result.crc64));
  add_request_encrypted(headers, call);
  return response;
}

}  // namespace lapis::azure
