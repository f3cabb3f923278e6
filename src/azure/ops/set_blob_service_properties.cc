#include "lapis/azure/ops/set_blob_service_properties.h"

#include "azure/request/body_hashes.h"
#include "azure/xml/service_properties_xml.h"

namespace lapis::azure {

Result<blob::SetBlobServiceProperties> parse_set_blob_service_properties(const Call& call,
                                                                         std::string_view xml) {
  LAPIS_TRY(const blob::BodyHashes given, parse_body_hashes(call));
  LAPIS_TRY_VOID(check_hashes(given, hash_document(xml)));
  blob::SetBlobServiceProperties request;
  request.account = call.target.account;
  LAPIS_TRY(request.change, parse_service_properties(xml, call.version.effective));
  return request;
}

http::Response render_set_blob_service_properties(const Call&) {
  http::Response response;
  response.status = 202;
  return response;
}

}  // namespace lapis::azure
