#include "azure/ops/response_headers.h"

#include <string>
#include <utility>

#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "lapis/base/date.h"

namespace lapis::azure {

void add_etag_and_date(http::Headers& headers, blob::Etag etag, Timestamp last_modified) {
  headers.add("ETag", etag.quoted());
  headers.add("Last-Modified", http_date_text(last_modified));
}

void add_version(http::Headers& headers, const Call& call,
                 const std::optional<Timestamp>& version) {
  if (!version || !call.at_least(kVersions)) return;
  headers.add("x-ms-version-id", format_iso8601(*version));
}

void add_request_encrypted(http::Headers& headers, const Call& call) {
  if (call.at_least(kTellsEncryption)) headers.add("x-ms-request-server-encrypted", "false");
}

bool wants_md5(const Call& call) {
  return !call.at_least(kTellsCrc64) || call.at_least(kTellsBothHashes);
}

void add_body_hash(http::Headers& headers, const Call& call, const std::optional<Md5Digest>& md5,
                   std::uint64_t crc64, std::string_view given_by) {
  const bool given = !call.request.headers.get(given_by).empty();
  if (md5 && (given || wants_md5(call))) headers.add("Content-MD5", md5_text(*md5));
  const bool crc = call.at_least(kTellsCrc64) && (!given || call.at_least(kTellsBothHashes));
  if (crc) headers.add("x-ms-content-crc64", crc64_text(crc64));
}

bool wants_source_md5(const Call& call) {
  return wants_md5(call) || call.request.headers.get("x-ms-source-content-crc64").empty();
}

void add_source_hash(http::Headers& headers, const Call& call, const std::optional<Md5Digest>& md5,
                     std::uint64_t crc64) {
  const bool by_crc = !wants_source_md5(call);
  if (md5 && !by_crc) headers.add("Content-MD5", md5_text(*md5));
  if (by_crc || call.at_least(kTellsBothHashes)) {
    headers.add("x-ms-content-crc64", crc64_text(crc64));
  }
}

http::Response made_blob_response(const Call& call, const MadeBlob& made) {
  http::Response response;
  response.status = 201;
  add_etag_and_date(response.headers, made.etag, made.last_modified);
  add_version(response.headers, call, made.version);
  add_request_encrypted(response.headers, call);
  return response;
}

http::Response xml_response(std::string xml) {
  http::Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(xml);
  return response;
}

}  // namespace lapis::azure
