#include "lapis/azure/ops/get_container_metadata.h"

#include "azure/ops/response_headers.h"
#include "azure/request/metadata.h"
#include "lapis/azure/ops/get_container_properties.h"

namespace lapis::azure {

Result<blob::GetContainerProperties> parse_get_container_metadata(const Call& call) {
  return parse_get_container_properties(call);
}

http::Response render_get_container_metadata(const Call&, const blob::ContainerProperties& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  add_metadata(response.headers, result.metadata);
  return response;
}

}  // namespace lapis::azure
