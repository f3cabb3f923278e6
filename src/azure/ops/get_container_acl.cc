#include "lapis/azure/ops/get_container_acl.h"

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/public_access.h"
#include "azure/xml/container_acl_xml.h"

namespace lapis::azure {
namespace {

// The first version in which policies have the letters `a` and `c`.
constexpr std::uint32_t kCreateAndAdd = 20150405;

Result<void> check_shown_whole(const Call& call, const std::vector<blob::StoredPolicy>& policies) {
  if (call.at_least(kCreateAndAdd)) return {};
  for (const blob::StoredPolicy& policy : policies) {
    if (policy.permissions.find_first_of("ac") == std::string::npos) continue;
    return fail(ErrorCode::kFeatureVersionMismatch, "an access policy with a or c");
  }
  return {};
}

}  // namespace

Result<blob::GetContainerAcl> parse_get_container_acl(const Call& call) {
  blob::GetContainerAcl request;
  request.key = container_key(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

Result<http::Response> render_get_container_acl(const Call& call,
                                                const blob::ContainerProperties& result) {
  LAPIS_TRY_VOID(check_shown_whole(call, result.access.policies));
  http::Response response = xml_response(container_acl_xml(result.access.policies));
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  add_public_access(response.headers, result.access.level);
  return response;
}

}  // namespace lapis::azure
