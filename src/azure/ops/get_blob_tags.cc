#include "lapis/azure/ops/get_blob_tags.h"

#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/xml/tags_xml.h"

namespace lapis::azure {

Result<blob::GetBlobTags> parse_get_blob_tags(const Call& call) {
  if (!call.at_least(kBlobTags)) return fail(invalid_parameter("comp", "tags", ""));
  blob::GetBlobTags request;
  LAPIS_TRY(request.key, state_key(call));
  LAPIS_TRY(request.conditions, parse_tag_operation_conditions(call));
  if (call.at_least(kLeasesOfTags)) {
    LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  }
  return request;
}

http::Response render_get_blob_tags(const Call&, const blob::Tags& tags) {
  std::string text;
  XmlWriter xml(text);
  xml.raw(kXmlPrologue);
  write_tags(xml, tags);
  return xml_response(std::move(text));
}

}  // namespace lapis::azure
