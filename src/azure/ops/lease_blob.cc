#include "lapis/azure/ops/lease_blob.h"

#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/lease_action.h"

namespace lapis::azure {

Result<blob::LeaseBlob> parse_lease_blob(const Call& call) {
  blob::LeaseBlob request;
  request.key = blob_key(call);
  LAPIS_TRY(request.action, parse_lease_action(call));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  return request;
}

}  // namespace lapis::azure
