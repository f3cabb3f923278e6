#include "lapis/azure/ops/get_container_properties.h"

#include "azure/ops/lease_state.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/metadata.h"
#include "azure/request/public_access.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kLeases = 20120212;
constexpr std::uint32_t kPublicAccess = 20160531;
constexpr std::uint32_t kRetention = 20171109;
constexpr std::uint32_t kEncryptionScopes = 20190707;
constexpr std::uint32_t kVersionLevelRetention = 20200612;

}  // namespace

Result<blob::GetContainerProperties> parse_get_container_properties(const Call& call) {
  blob::GetContainerProperties request;
  request.key = container_key(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_container_properties(const Call& call,
                                               const blob::GetContainerPropertiesResult& result) {
  const blob::ContainerProperties& properties = result.properties;
  http::Response response;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, properties.etag, properties.last_modified);
  add_metadata(headers, properties.metadata);
  if (call.at_least(kPublicAccess)) add_public_access(headers, properties.access.level);
  if (call.at_least(kLeases)) add_lease_state(headers, call, result.lease);
  if (call.at_least(kRetention)) {
    headers.add("x-ms-has-immutability-policy", "false");
    headers.add("x-ms-has-legal-hold", "false");
  }
  if (call.at_least(kEncryptionScopes)) {
    headers.add("x-ms-default-encryption-scope", "$account-encryption-key");
    headers.add("x-ms-deny-encryption-scope-override", "false");
  }
  if (call.at_least(kVersionLevelRetention)) {
    headers.add("x-ms-immutable-storage-with-versioning-enabled",
                result.immutable_storage ? "true" : "false");
  }
  return response;
}

}  // namespace lapis::azure
