#include "lapis/azure/ops/list_containers.h"

#include <string>
#include <utility>
#include <vector>

#include "azure/ops/deletion_state.h"
#include "azure/ops/lease_state.h"
#include "azure/ops/list_query.h"
#include "azure/ops/response_headers.h"
#include "azure/request/markers.h"
#include "azure/request/public_access.h"
#include "azure/xml/xml_writer.h"
#include "lapis/base/date.h"
#include "lapis/blob/deletion_version.h"

namespace lapis::azure {
namespace {

// The system makes no containers, so "system" adds none.
constexpr IncludeValue kInclude[] = {{"metadata", 0}, {"deleted", 20191212}, {"system", 20210212}};

constexpr std::uint32_t kServiceEndpoint = 20130815;  // and no Url of each container
constexpr std::uint32_t kPublicAccess = 20160531;
constexpr std::uint32_t kRetention = 20171109;
constexpr std::uint32_t kEncryptionScopes = 20190707;
constexpr std::uint32_t kVersionLevelRetention = 20200612;

void write_properties(XmlWriter& xml, const Call& call,
                      const blob::ListContainersResult::Item& item,
                      const blob::ListContainersResult& result) {
  const blob::ContainerProperties& properties = item.properties;
  xml.open("Properties");
  xml.plain_element("Last-Modified", format_http_date(properties.last_modified));
  xml.plain_element("Etag", properties.etag.quoted());
  write_lease_state(xml, call, item.lease);
  const std::string_view access = public_access_text(properties.access.level);
  if (!access.empty() && call.at_least(kPublicAccess)) xml.plain_element("PublicAccess", access);
  if (call.at_least(kEncryptionScopes)) {
    xml.raw(
        "<DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope>"
        "<DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride>");
  }
  if (call.at_least(kRetention)) {
    xml.raw(
        "<HasImmutabilityPolicy>false</HasImmutabilityPolicy>"
        "<HasLegalHold>false</HasLegalHold>");
  }
  if (call.at_least(kVersionLevelRetention)) {
    xml.plain_element("ImmutableStorageWithVersioningEnabled",
                      result.immutable_storage ? "true" : "false");
  }
  if (properties.deletion) write_deletion(xml, *properties.deletion, result.now);
  xml.close("Properties");
}

void write_metadata(XmlWriter& xml, const blob::Metadata& metadata) {
  if (metadata.empty()) return xml.empty("Metadata");
  xml.open("Metadata");
  for (const auto& [name, value] : metadata) xml.element(name, value);
  xml.close("Metadata");
}

void write_head(XmlWriter& xml, const Call& call, const blob::ListContainers& request) {
  const Query& query = call.target.query;
  xml.raw(kXmlPrologue);
  xml.raw("<EnumerationResults");
  xml.attribute(call.at_least(kServiceEndpoint) ? "ServiceEndpoint" : "AccountName",
                service_endpoint(call.request, call.target));
  xml.raw(">");
  if (const auto prefix = given(query, "prefix")) xml.name_element("Prefix", *prefix);
  if (const auto marker = given(query, "marker")) xml.name_element("Marker", *marker);
  if (query.has("maxresults")) xml.element("MaxResults", request.max_results);
}

void write_containers(XmlWriter& xml, const Call& call, const blob::ListContainersResult& result,
                      bool metadata) {
  if (result.items.empty()) return xml.empty("Containers");
  const std::string endpoint = service_endpoint(call.request, call.target);
  xml.open("Containers");
  for (const auto& item : result.items) {
    xml.open("Container");
    xml.name_element("Name", item.name);
    if (const auto& deletion = item.properties.deletion) {
      xml.raw("<Deleted>true</Deleted>");
      xml.plain_element("Version", blob::deletion_version(deletion->at));
    }
    if (!call.at_least(kServiceEndpoint)) xml.element("Url", endpoint + item.name);
    write_properties(xml, call, item, result);
    if (metadata) write_metadata(xml, item.properties.metadata);
    xml.close("Container");
  }
  xml.close("Containers");
}

}  // namespace

Result<blob::ListContainers> parse_list_containers(const Call& call) {
  const Query& query = call.target.query;
  LAPIS_TRY(const auto include, parse_include(call, kInclude));
  blob::ListContainers request;
  request.include_deleted = includes(include, "deleted");
  request.account = call.target.account;
  request.prefix = query.get("prefix");
  LAPIS_TRY(const auto most, parse_max_results(query));
  request.max_results = most.value_or(request.max_results);
  if (const std::string_view marker = query.get("marker"); !marker.empty()) {
    LAPIS_TRY(request.start, decode_container_marker(marker));
  }
  return request;
}

http::Response render_list_containers(const Call& call, const blob::ListContainers& request,
                                      const blob::ListContainersResult& result) {
  // Parsed once already, so it is well-formed.
  const auto include = parse_include(call, kInclude).value_or(std::vector<std::string_view>());
  constexpr std::size_t kEntryBytes = 640;
  std::string text;
  text.reserve(512 + kEntryBytes * result.items.size());
  XmlWriter xml(text);
  write_head(xml, call, request);
  write_containers(xml, call, result, includes(include, "metadata"));
  xml.element("NextMarker",
              result.next.name.empty() ? std::string() : encode_container_marker(result.next));
  xml.close("EnumerationResults");
  return xml_response(std::move(text));
}

}  // namespace lapis::azure
