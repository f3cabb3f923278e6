#include "lapis/azure/ops/set_blob_metadata.h"

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/metadata.h"

namespace lapis::azure {

Result<blob::SetBlobMetadata> parse_set_blob_metadata(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::SetBlobMetadata request;
  request.key = blob_key(call);
  LAPIS_TRY(request.metadata, parse_metadata(headers));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_set_blob_metadata(const Call& call,
                                        const blob::SetBlobMetadataResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  add_version(response.headers, call, result.version);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
