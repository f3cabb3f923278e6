#include "lapis/azure/ops/delete_container.h"

#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {

Result<blob::DeleteContainer> parse_delete_container(const Call& call) {
  blob::DeleteContainer request;
  request.key = container_key(call);
  LAPIS_TRY(request.conditions, parse_date_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_delete_container(const Call&, const blob::DeleteContainerResult&) {
  http::Response response;
  response.status = 202;
  return response;
}

}  // namespace lapis::azure
