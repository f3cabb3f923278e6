#include "lapis/azure/ops/set_blob_tags.h"

#include "azure/field_errors.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/tags/tag_pairs.h"

namespace lapis::azure {

Result<blob::SetBlobTags> parse_set_blob_tags(const Call& call, std::string_view xml) {
  if (!call.at_least(kBlobTags)) return fail(invalid_parameter("comp", "tags", ""));
  const http::Headers& headers = call.request.headers;
  blob::SetBlobTags request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(request.conditions, parse_tag_operation_conditions(call));
  if (call.at_least(kLeasesOfTags)) {
    LAPIS_TRY(request.lease, parse_lease(headers));
  }
  LAPIS_TRY(const blob::BodyHashes given, parse_body_hashes(call));
  LAPIS_TRY_VOID(check_hashes(given, hash_document(xml)));
  LAPIS_TRY(request.tags, parse_tags_document(xml));
  return request;
}

http::Response render_set_blob_tags(const Call&) {
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace lapis::azure
