#include "lapis/azure/ops/snapshot_blob.h"

#include <utility>

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/metadata.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kTellsEncryptionOfSnapshots = 20190202;

}  // namespace

Result<blob::SnapshotBlob> parse_snapshot_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::SnapshotBlob request;
  request.key = blob_key(call);
  LAPIS_TRY(blob::Metadata metadata, parse_metadata(headers));
  if (!metadata.empty()) request.metadata = std::move(metadata);
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_snapshot_blob(const Call& call, const blob::SnapshotBlobResult& result) {
  http::Response response;
  response.status = 201;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  response.headers.add("x-ms-snapshot", format_iso8601(result.snapshot));
  add_version(response.headers, call, result.version);
  if (call.at_least(kTellsEncryptionOfSnapshots)) add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
