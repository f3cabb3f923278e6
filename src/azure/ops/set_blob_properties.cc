#include "lapis/azure/ops/set_blob_properties.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/http_properties.h"
#include "azure/request/page_headers.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kDisposition = "x-ms-blob-content-disposition";
constexpr std::string_view kHttpHeaders[] = {
    "x-ms-blob-cache-control",    "x-ms-blob-content-type",     "x-ms-blob-content-md5",
    "x-ms-blob-content-encoding", "x-ms-blob-content-language", kDisposition};

bool sets_http(const Call& call) {
  const auto is_given = [&call](std::string_view name) {
    return call.request.headers.find(name) != nullptr &&
           (name != kDisposition || call.at_least(kDispositions));
  };
  return std::ranges::any_of(kHttpHeaders, is_given);
}

}  // namespace

Result<blob::SetBlobProperties> parse_set_blob_properties(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::SetBlobProperties request;
  request.key = blob_key(call);
  LAPIS_TRY(request.http, set_blob_http_properties(call));
  LAPIS_TRY(request.length, parse_page_blob_length(call));
  LAPIS_TRY(request.sequence, parse_sequence_change(headers));
  // A length or a number alone leaves the properties as they are.
  request.keeps_http = (request.length || request.sequence) && !sets_http(call);
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_set_blob_properties(const Call&,
                                          const blob::SetBlobPropertiesResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  if (result.sequence_number) {
    response.headers.add("x-ms-blob-sequence-number", std::to_string(*result.sequence_number));
  }
  return response;
}

}  // namespace lapis::azure
