#include "lapis/azure/ops/get_blob.h"

#include <string>
#include <utility>

#include "azure/ops/blob_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/ranges.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kNoRangeOfNothing = 20130815;
constexpr std::uint32_t kStoredMd5OfRanges = 20160531;
constexpr std::uint32_t kTierOnGet = 20261006;

std::string content_range(const blob::ByteRange& range, std::uint64_t length) {
  const std::uint64_t last = range.first + range.length - 1;
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(last) + "/" +
         std::to_string(length);
}

}  // namespace

Result<blob::GetBlob> parse_get_blob(const Call& call) {
  blob::GetBlob request;
  LAPIS_TRY(request.key, state_key(call));
  request.range = parse_range(call);
  request.empty_range = !call.at_least(kNoRangeOfNothing);
  LAPIS_TRY(request.hash, parse_range_hash(call, request.range));
  LAPIS_TRY(request.conditions, parse_read_conditions(call));
  request.single_condition = reads_by_single_condition(call);
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_blob(const Call& call, blob::GetBlobResult result) {
  const blob::BlobProperties& properties = *result.properties;
  http::Response response;
  add_blob_headers(response.headers, call, properties, result.lease);
  if (result.range) {
    response.status = 206;
    // No Content-Range can tell of an empty one.
    if (result.range->length != 0) {
      response.headers.add("Content-Range",
                           content_range(*result.range, properties.content_length));
    }
  }
  if (properties.http.content_md5 && (!result.range || call.at_least(kStoredMd5OfRanges))) {
    response.headers.add(result.range ? "x-ms-blob-content-md5" : "Content-MD5",
                         md5_text(*properties.http.content_md5));
  }
  if (result.range_md5) response.headers.add("Content-MD5", md5_text(*result.range_md5));
  if (result.range_crc64) {
    response.headers.add("x-ms-content-crc64", crc64_text(*result.range_crc64));
  }
  add_last_access(response.headers, call, result.last_access);
  if (call.at_least(kTierOnGet)) add_tier(response.headers, call, properties);
  response.body = std::move(result.body);
  return response;
}

}  // namespace lapis::azure
