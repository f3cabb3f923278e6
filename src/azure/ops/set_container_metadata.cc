#include "lapis/azure/ops/set_container_metadata.h"

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/metadata.h"

namespace lapis::azure {

Result<blob::SetContainerMetadata> parse_set_container_metadata(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::SetContainerMetadata request;
  request.key = container_key(call);
  LAPIS_TRY(request.metadata, parse_metadata(headers));
  LAPIS_TRY(request.conditions, parse_modified_since(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_set_container_metadata(const Call&,
                                             const blob::SetContainerMetadataResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  return response;
}

}  // namespace lapis::azure
