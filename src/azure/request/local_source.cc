#include "azure/request/local_source.h"

#include <utility>

#include "azure/request/common_headers.h"
#include "lapis/azure/copy_source.h"

namespace lapis::azure {

std::optional<blob::BlobKey> source_blob(const http::Url& url, std::uint32_t version) {
  http::Request named;
  named.method = http::Method::kGet;
  named.target = url.target;
  named.headers.add("Host", url.authority);
  auto target = parse_target(named);
  if (!target || target->resource != Resource::kBlob) return std::nullopt;
  // A GET of it is Get Blob, as the routes have it: others need other permissions, or none.
  const Query& query = target->query;
  const bool is_read = query.get("comp").empty() && query.get("restype").empty();
  if (!is_read || target->website || target->data_lake) return std::nullopt;
  NegotiatedVersion spoken;
  spoken.effective.date = version;
  const auto key = state_key(Call{named, *std::move(target), spoken, {}});
  if (!key) return std::nullopt;
  return *key;
}

std::optional<blob::BlobKey> local_source(const Call& call, std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url || url->secure != call.request.secure) return std::nullopt;
  const auto asked = http::parse_authority(call.request.host(), url->secure ? 443 : 80);
  if (asked != http::HostAndPort{url->host, url->port}) return std::nullopt;
  auto key = source_blob(*url, call.version.effective.date);
  if (!key || key->account != call.target.account) return std::nullopt;
  return key;
}

}  // namespace lapis::azure
