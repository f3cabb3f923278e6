#include "lapis/azure/ops/copy_blob.h"

#include "azure/field_errors.h"
#include "azure/ops/copy_properties.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/copy_headers.h"
#include "azure/request/new_blob.h"
#include "lapis/http/url.h"

namespace lapis::azure {
namespace {

// The blob that `source` names, where that is one of the same account at the endpoint of the
// request.
std::optional<blob::BlobKey> local_source(const Call& call, const blob::SourceRequest& source) {
  const auto url = http::parse_url(source.url);
  if (!url || url->secure != source.asked_securely) return std::nullopt;
  const auto asked = http::parse_authority(source.asked_host, url->secure ? 443 : 80);
  if (asked != http::HostAndPort{url->host, url->port}) return std::nullopt;
  http::Request named;
  named.method = http::Method::kGet;
  named.target = url->target;
  named.headers.add("Host", url->authority);
  auto target = parse_target(named);
  if (!target || target->resource != Resource::kBlob) return std::nullopt;
  if (target->account != call.target.account || target->query.has("versionid")) return std::nullopt;
  const auto key = state_key(Call{named, *std::move(target), call.version, call.request_id});
  if (!key) return std::nullopt;
  return *key;
}

// Checked and done with: nothing waits to leave an archive.
Result<void> check_priority(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ms-rehydrate-priority";
  const std::string_view text = headers.get(kName);
  if (text.empty() || http::iequals(text, "Standard") || http::iequals(text, "High")) return {};
  return fail(invalid_header(kName, text));
}

}  // namespace

Result<blob::CopyBlob> parse_copy_blob(const Call& call, bool by_key) {
  const http::Headers& headers = call.request.headers;
  blob::CopyBlob request;
  LAPIS_TRY(request.source, parse_copy_source(call, kTellsCopies));
  LAPIS_TRY_VOID(check_priority(headers));
  LAPIS_TRY(request.blob, parse_new_blob(call));
  if (by_key) request.local = local_source(call, request.source);
  return request;
}

http::Response render_copy_blob(const Call&, const blob::CopyBlobResult& result) {
  http::Response response;
  response.status = 202;
  http::Headers& headers = response.headers;
  add_etag_and_date(headers, result.etag, result.last_modified);
  headers.add("x-ms-copy-id", result.copy.text());
  headers.add("x-ms-copy-status", blob::to_string(blob::CopyStatus::kSuccess));
  return response;
}

}  // namespace lapis::azure
