#include "lapis/azure/ops/get_blob_service_properties.h"

#include "azure/ops/response_headers.h"
#include "azure/xml/service_properties_xml.h"

namespace lapis::azure {

http::Response render_get_blob_service_properties(const Call& call,
                                                  const blob::ServiceProperties& result) {
  return xml_response(service_properties_xml(result, call.version.effective));
}

}  // namespace lapis::azure
