#include "lapis/azure/ops/get_blob_service_stats.h"

#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/xml/xml_writer.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kStats = 20130815;

}  // namespace

Result<http::Response> render_get_blob_service_stats(const Call& call, Timestamp now) {
  if (!call.target.secondary || !call.at_least(kStats)) {
    return fail(invalid_parameter("comp", call.target.query.get("comp"), ""));
  }
  std::string text(kXmlPrologue);
  XmlWriter xml(text);
  xml.open("StorageServiceStats");
  xml.open("GeoReplication");
  xml.plain_element("Status", "live");
  xml.plain_element("LastSyncTime", format_http_date(now));
  xml.close("GeoReplication");
  xml.close("StorageServiceStats");
  return xml_response(std::move(text));
}

}  // namespace lapis::azure
