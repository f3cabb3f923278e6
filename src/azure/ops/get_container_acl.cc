#include "lapis/azure/ops/get_container_acl.h"

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/public_access.h"
#include "azure/xml/container_acl_xml.h"

namespace lapis::azure {

Result<blob::GetContainerAcl> parse_get_container_acl(const Call& call) {
  blob::GetContainerAcl request;
  request.key = container_key(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_container_acl(const Call&, const blob::ContainerProperties& result) {
  http::Response response = xml_response(container_acl_xml(result.access.policies));
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  add_public_access(response.headers, result.access.level);
  return response;
}

}  // namespace lapis::azure
