#include "lapis/azure/ops/find_blobs_by_tags.h"

#include <string>
#include <string_view>
#include <utility>

#include "azure/field_errors.h"
#include "azure/ops/list_query.h"
#include "azure/ops/response_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/markers.h"
#include "azure/tags/tag_languages.h"
#include "azure/xml/tags_xml.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kFindInContainer = 20210410;
constexpr std::uint32_t kTellsAllTags = 20200210;  // before, the value of the first one

void write_found(XmlWriter& xml, const Call& call, const blob::FindBlobsByTagsResult::Item& found) {
  xml.open("Blob");
  xml.name_element("Name", found.name);
  xml.name_element("ContainerName", found.container);
  if (call.at_least(kTellsAllTags)) {
    write_tags(xml, found.tags);
  } else {
    xml.element("TagValue", found.tags.front().second);
  }
  xml.close("Blob");
}

}  // namespace

Result<blob::FindBlobsByTags> parse_find_blobs_by_tags(const Call& call) {
  const bool in_container = call.target.resource == Resource::kContainer;
  if (!call.at_least(in_container ? kFindInContainer : kBlobTags)) {
    return fail(invalid_parameter("comp", "blobs", ""));
  }
  const Query& query = call.target.query;
  const std::string_view where = query.get("where");
  if (where.empty()) return fail(missing_parameter("where"));
  blob::FindBlobsByTags request;
  request.account = call.target.account;
  LAPIS_TRY(request.query, parse_tag_query(where, in_container));
  if (in_container) {
    request.query.container = std::string(call.target.container);
    request.container_must_exist = true;
  }
  LAPIS_TRY(const auto most, parse_max_results(query));
  request.max_results = most.value_or(request.max_results);
  if (const std::string_view marker = query.get("marker"); !marker.empty()) {
    LAPIS_TRY(request.start, decode_find_marker(marker));
  }
  return request;
}

http::Response render_find_blobs_by_tags(const Call& call,
                                         const blob::FindBlobsByTagsResult& result) {
  constexpr std::size_t kEntryBytes = 256;
  std::string text;
  text.reserve(512 + kEntryBytes * result.items.size());
  XmlWriter xml(text);
  xml.raw(kXmlPrologue);
  xml.raw("<EnumerationResults");
  xml.attribute("ServiceEndpoint", service_endpoint(call.request, call.target));
  xml.raw(">");
  xml.element("Where", call.target.query.get("where"));
  xml.open("Blobs");
  for (const auto& found : result.items) write_found(xml, call, found);
  xml.close("Blobs");
  xml.element("NextMarker", result.next ? encode_find_marker(*result.next) : std::string());
  xml.close("EnumerationResults");
  return xml_response(std::move(text));
}

}  // namespace lapis::azure
