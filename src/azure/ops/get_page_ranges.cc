#include "lapis/azure/ops/get_page_ranges.h"

#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "azure/ops/list_query.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/local_source.h"
#include "azure/request/markers.h"
#include "azure/request/ranges.h"
#include "azure/xml/xml_writer.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kDifferences = 20150708;
constexpr std::uint32_t kPreviousByUrl = 20190707;
constexpr std::uint32_t kPages = 20201002;
constexpr std::string_view kUrl = "x-ms-previous-snapshot-url";

// A URL says which blob it is of, which has to be this one.
Result<std::optional<Timestamp>> parse_previous_url(const Call& call, const blob::BlobKey& key) {
  const std::string_view text = call.request.headers.get(kUrl);
  if (text.empty() || !call.at_least(kPreviousByUrl)) return std::nullopt;
  const auto named = local_source(call, text);
  const bool is_it =
      named && named->snapshot && named->container == key.container && named->name == key.name;
  // Without its value, which may carry a signature.
  if (!is_it) {
    return fail(Error{ErrorCode::kInvalidHeaderValue, "no snapshot of this blob"}.with(
        "HeaderName", std::string(kUrl)));
  }
  return named->snapshot;
}

Result<std::optional<Timestamp>> parse_previous(const Call& call, const blob::BlobKey& key) {
  LAPIS_TRY(const auto by_url, parse_previous_url(call, key));
  const std::string_view text = call.target.query.get("prevsnapshot");
  if (text.empty() || !call.at_least(kDifferences)) return by_url;
  const auto time = parse_iso8601(text);
  if (!time || *time < Timestamp{}) {
    return fail(invalid_parameter("prevsnapshot", text,
                                  "Must be in the specific snapshot date time format."));
  }
  if (by_url && by_url != time) return fail(invalid_header(kUrl, {}));
  return time;
}

Result<void> parse_paging(const Call& call, blob::GetPageRanges& into) {
  into.in_pages = call.at_least(kPages);
  if (!into.in_pages) {
    into.max_results = blob::kMostPageRanges;
    into.max_steps = blob::kMostPageSteps;
    return {};
  }
  LAPIS_TRY(const auto most, parse_max_results(call.target.query, blob::kMaxPageRanges));
  into.max_results = most.value_or(blob::kMaxPageRanges);
  const std::string_view marker = call.target.query.get("marker");
  if (marker.empty()) return {};
  LAPIS_TRY(into.start, decode_page_marker(marker));
  return {};
}

}  // namespace

Result<blob::GetPageRanges> parse_get_page_ranges(const Call& call) {
  blob::GetPageRanges request;
  LAPIS_TRY(request.key, state_key(call));
  request.range = parse_range(call);
  LAPIS_TRY(request.previous, parse_previous(call, request.key));
  LAPIS_TRY_VOID(parse_paging(call, request));
  LAPIS_TRY(request.conditions, parse_read_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  return request;
}

http::Response render_get_page_ranges(const Call& call, const blob::GetPageRangesResult& result) {
  constexpr std::size_t kRangeBytes = 80;
  std::string text;
  text.reserve(256 + kRangeBytes * result.ranges.size());
  text.append(kXmlPrologue);
  XmlWriter xml(text);
  xml.open("PageList");
  for (const blob::PageRange& range : result.ranges) {
    const std::string_view tag = range.is_cleared ? "ClearRange" : "PageRange";
    xml.open(tag);
    xml.element("Start", range.first);
    xml.element("End", range.first + range.length - 1);
    xml.close(tag);
  }
  if (call.at_least(kPages)) {
    xml.element("NextMarker", result.next ? encode_page_marker(*result.next) : std::string());
  }
  xml.close("PageList");
  http::Response response = xml_response(std::move(text));
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  response.headers.add("x-ms-blob-content-length", std::to_string(result.content_length));
  return response;
}

}  // namespace lapis::azure
