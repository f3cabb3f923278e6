#include "lapis/azure/ops/set_blob_properties.h"

#include <limits>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/http_properties.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kLength = "x-ms-blob-content-length";
constexpr std::string_view kAction = "x-ms-sequence-number-action";
constexpr std::string_view kNumber = "x-ms-blob-sequence-number";

constexpr std::uint64_t kPageBytes = 512;
constexpr std::uint64_t kMaxPageBlobBytes = 8ull << 40;
constexpr std::uint64_t kMaxSequenceNumber = std::numeric_limits<std::int64_t>::max();

// Whether a page blob's new length is given.
Result<bool> parse_length(const http::Headers& headers) {
  const std::string_view text = headers.get(kLength);
  if (text.empty()) return false;
  const auto length = parse_u64(text);
  if (!length || *length % kPageBytes != 0 || *length > kMaxPageBlobBytes) {
    return fail(invalid_header(kLength, text));
  }
  return true;
}

// Whether a page blob's sequence number is to change: "increment" stands alone, "max" and "update"
// with a number.
Result<bool> parse_sequence(const http::Headers& headers) {
  const std::string_view action = headers.get(kAction);
  const std::string_view text = headers.get(kNumber);
  if (action.empty() && text.empty()) return false;
  if (action.empty()) return fail(missing_header(kAction));
  const bool increment = http::iequals(action, "increment");
  if (!increment && !http::iequals(action, "max") && !http::iequals(action, "update")) {
    return fail(invalid_header(kAction, action));
  }
  if (!increment && text.empty()) return fail(missing_header(kNumber));
  const auto number = parse_u64(text);
  const bool fits = increment ? text.empty() : number && *number <= kMaxSequenceNumber;
  if (!fits) return fail(invalid_header(kNumber, text));
  return true;
}

}  // namespace

Result<blob::SetBlobProperties> parse_set_blob_properties(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::SetBlobProperties request;
  request.key = blob_key(call);
  LAPIS_TRY(request.http, set_blob_http_properties(headers));
  LAPIS_TRY(const bool resizes, parse_length(headers));
  LAPIS_TRY(const bool renumbers, parse_sequence(headers));
  request.of_page_blobs = resizes || renumbers;
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  return request;
}

http::Response render_set_blob_properties(const Call&,
                                          const blob::SetBlobPropertiesResult& result) {
  http::Response response;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  return response;
}

}  // namespace lapis::azure
