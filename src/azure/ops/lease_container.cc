#include "lapis/azure/ops/lease_container.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/lease_action.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kLeaseContainer = 20120212;
constexpr std::uint32_t kKeepsEtag = 20130815;

}  // namespace

Result<blob::LeaseContainer> parse_lease_container(const Call& call) {
  if (!call.at_least(kLeaseContainer)) return fail(invalid_parameter("comp", "lease", ""));
  blob::LeaseContainer request;
  request.key = container_key(call);
  LAPIS_TRY(request.action, parse_lease_action(call));
  LAPIS_TRY(request.conditions, parse_date_conditions(call));
  request.changes_etag = !call.at_least(kKeepsEtag);
  return request;
}

}  // namespace lapis::azure
