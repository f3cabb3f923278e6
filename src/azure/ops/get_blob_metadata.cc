#include "lapis/azure/ops/get_blob_metadata.h"

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/metadata.h"

namespace lapis::azure {

Result<blob::GetBlobMetadata> parse_get_blob_metadata(const Call& call) {
  blob::GetBlobMetadata request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(request.conditions, parse_read_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_blob_metadata(const Call& call,
                                        const blob::GetBlobMetadataResult& result) {
  const blob::BlobProperties& properties = *result.properties;
  http::Response response;
  add_etag_and_date(response.headers, properties.etag, properties.last_modified);
  add_version(response.headers, call, properties.version);
  add_metadata(response.headers, properties.metadata);
  return response;
}

}  // namespace lapis::azure
