#include "lapis/azure/ops/copy_blob_from_url.h"

#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/copy_headers.h"
#include "azure/request/new_blob.h"

namespace lapis::azure {

Result<blob::CopyBlobFromUrl> parse_copy_blob_from_url(const Call& call) {
  blob::CopyBlobFromUrl request;
  LAPIS_TRY(request.source, parse_copy_source(call, kCopiesFromUrl));
  LAPIS_TRY(request.source.wants_tags, parse_tag_option(call));
  LAPIS_TRY(request.blob, parse_new_blob(call));
  LAPIS_TRY(request.blob.hashes, parse_source_hashes(call));
  return request;
}

http::Response render_copy_blob_from_url(const Call& call,
                                         const blob::CopyBlobFromUrlResult& result) {
  http::Response response;
  response.status = 202;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, result.blob.etag, result.blob.last_modified);
  add_version(headers, call, result.blob.version);
  headers.add("x-ms-copy-id", result.copy.text());
  headers.add("x-ms-copy-status", blob::to_string(blob::CopyStatus::kSuccess));
  add_body_hash(headers, call, result.blob.md5, result.blob.crc64, "x-ms-source-content-md5");
  return response;
}

}  // namespace lapis::azure
