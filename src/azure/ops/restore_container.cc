#include "lapis/azure/ops/restore_container.h"

#include "azure/field_errors.h"
#include "azure/names.h"
#include "azure/request/common_headers.h"
#include "lapis/blob/deletion_version.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kRestoreContainer = 20191212;
constexpr std::string_view kName = "x-ms-deleted-container-name";
constexpr std::string_view kVersion = "x-ms-deleted-container-version";

}  // namespace

Result<blob::RestoreContainer> parse_restore_container(const Call& call) {
  if (!call.at_least(kRestoreContainer)) return fail(invalid_parameter("comp", "undelete", ""));
  const http::Headers& headers = call.request.headers;
  const std::string_view name = headers.get(kName);
  const std::string_view version = headers.get(kVersion);
  if (name.empty()) return fail(missing_header(kName));
  if (version.empty()) return fail(missing_header(kVersion));
  LAPIS_TRY_VOID(check_made_by_clients(call.target.container));
  const auto deleted = blob::parse_deletion_version(version);
  if (!deleted) return fail(invalid_header(kVersion, version));
  return blob::RestoreContainer{container_key(call), std::string(name), *deleted};
}

http::Response render_restore_container(const Call&) {
  http::Response response;
  response.status = 201;
  return response;
}

}  // namespace lapis::azure
