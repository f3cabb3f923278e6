#include "lapis/azure/ops/create_container.h"

#include "azure/names.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/metadata.h"
#include "azure/request/public_access.h"

namespace lapis::azure {

Result<blob::CreateContainer> parse_create_container(const Call& call) {
  LAPIS_TRY_VOID(check_made_by_clients(call.target.container));
  blob::CreateContainer request;
  request.key = container_key(call);
  LAPIS_TRY(request.metadata, parse_metadata(call.request.headers));
  LAPIS_TRY(request.level, parse_public_access(call.request.headers));
  return request;
}

http::Response render_create_container(const Call&, const blob::CreateContainerResult& result) {
  http::Response response;
  response.status = 201;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  return response;
}

}  // namespace lapis::azure
