#include "lapis/azure/ops/copy_blob.h"

#include <utility>

#include "azure/field_errors.h"
#include "azure/ops/copy_properties.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/copy_headers.h"
#include "azure/request/local_source.h"
#include "azure/request/new_blob.h"
#include "lapis/azure/blob_types.h"

namespace lapis::azure {
namespace {

// Checked and done with: nothing waits to leave an archive.
Result<void> check_priority(const Call& call) {
  constexpr std::string_view kName = "x-ms-rehydrate-priority";
  const std::string_view text = call.request.headers.get(kName);
  if (text.empty() || !call.at_least(kRehydratePriority)) return {};
  if (http::iequals(text, "Standard") || http::iequals(text, "High")) return {};
  return fail(invalid_header(kName, text));
}

Result<std::optional<bool>> parse_seal(const Call& call) {
  constexpr std::string_view kName = "x-ms-seal-blob";
  const std::string_view text = call.request.headers.get(kName);
  if (text.empty()) return std::nullopt;
  if (!call.at_least(kSealedBlobs)) return fail(unsupported_header(kName));
  const bool seal = http::iequals(text, "true");
  if (!seal && !http::iequals(text, "false")) return fail(invalid_header(kName, text));
  return seal;
}

}  // namespace

Result<blob::CopyBlob> parse_copy_blob(const Call& call, bool by_key) {
  blob::CopyBlob request;
  LAPIS_TRY(request.source, parse_copy_source(call, kTellsCopies));
  LAPIS_TRY_VOID(check_priority(call));
  LAPIS_TRY(request.seal, parse_seal(call));
  LAPIS_TRY(request.blob, parse_new_blob(call));
  if (by_key) request.local = local_source(call, request.source.url);
  return request;
}

http::Response render_copy_blob(const Call& call, const blob::CopyBlobResult& result) {
  http::Response response;
  response.status = 202;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, result.etag, result.last_modified);
  add_version(headers, call, result.version);
  headers.add("x-ms-copy-id", result.copy.text());
  headers.add("x-ms-copy-status", blob::to_string(result.status));
  return response;
}

}  // namespace lapis::azure
