#include "lapis/azure/ops/set_container_acl.h"

#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/public_access.h"
#include "azure/xml/container_acl_xml.h"

namespace lapis::azure {

Result<blob::SetContainerAcl> parse_set_container_acl(const Call& call, std::string_view xml) {
  const http::Headers& headers = call.request.headers;
  blob::SetContainerAcl request;
  request.key = container_key(call);
  LAPIS_TRY(request.access.level, parse_public_access(headers));
  LAPIS_TRY(request.conditions, parse_date_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  LAPIS_TRY(const blob::BodyHashes given, parse_body_hashes(call));
  LAPIS_TRY_VOID(check_hashes(given, hash_document(xml)));
  LAPIS_TRY(request.access.policies, parse_container_acl(xml));
  return request;
}

http::Response render_set_container_acl(const Call&, const blob::SetContainerAclResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  return response;
}

}  // namespace lapis::azure
