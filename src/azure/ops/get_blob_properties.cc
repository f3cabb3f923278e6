#include "lapis/azure/ops/get_blob_properties.h"

#include "azure/ops/blob_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {

Result<blob::GetBlobProperties> parse_get_blob_properties(const Call& call) {
  blob::GetBlobProperties request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(request.conditions, parse_read_conditions(call));
  request.single_condition = reads_by_single_condition(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_blob_properties(const Call& call,
                                          const blob::GetBlobPropertiesResult& result) {
  const blob::BlobProperties& properties = *result.properties;
  http::Response response;
  add_blob_headers(response.headers, call, properties, result.lease);
  if (properties.http.content_md5) {
    response.headers.add("Content-MD5", md5_text(*properties.http.content_md5));
  }
  add_last_access(response.headers, call, result.last_access);
  add_tier(response.headers, call, properties);
  response.announced_length = properties.content_length;
  return response;
}

}  // namespace lapis::azure
