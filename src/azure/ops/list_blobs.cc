#include "lapis/azure/ops/list_blobs.h"

#include <utility>
#include <vector>

#include "azure/field_errors.h"
#include "azure/ops/blob_list_page.h"
#include "azure/ops/list_query.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/markers.h"

namespace lapis::azure {
namespace {

// What is not here is refused, `permissions` among it, by which clients ask whether the account has
// a hierarchical namespace.
constexpr IncludeValue kInclude[] = {
    {"metadata", 0},         {"uncommittedblobs", 0},
    {"snapshots", 0},        {"copy", 20120212},
    {"deleted", 20170729},   {"tags", 20191212},
    {"versions", 20191212},  {"immutabilitypolicy", 20200612},
    {"legalhold", 20200612}, {"deletedwithversions", 20201002},
};

// Parameters are passed over by versions that do not know them.
constexpr std::uint32_t kShowOnly = 20200804;
constexpr std::uint32_t kStartFrom = 20260206;
constexpr std::uint32_t kEndBefore = 20261006;

Result<void> refuse_parameters(const Call& call) {
  const Query& query = call.target.query;
  if (query.has("endBefore") && call.at_least(kEndBefore)) {
    return fail(unsupported_parameter("endBefore"));
  }
  // For accounts with a hierarchical namespace.
  const std::string_view* only = query.find("showonly");
  if (only != nullptr && !only->empty() && call.at_least(kShowOnly)) {
    return fail(invalid_parameter("showonly", *only, "Invalid query parameter value."));
  }
  return {};
}

}  // namespace

Result<ListBlobsQuery> parse_list_blobs(const Call& call) {
  const Query& query = call.target.query;
  LAPIS_TRY_VOID(refuse_parameters(call));
  LAPIS_TRY(const std::vector<std::string_view> include, parse_include(call, kInclude));
  ListBlobsQuery result;
  result.prefix = given(query, "prefix");
  result.delimiter = given(query, "delimiter");
  result.marker = given(query, "marker");
  if (call.at_least(kStartFrom)) result.start_from = given(query, "startFrom");
  LAPIS_TRY(result.max_results, parse_max_results(query));
  result.include_metadata = includes(include, "metadata");
  result.include_copy = includes(include, "copy");
  result.include_tags = includes(include, "tags");
  result.include_immutability = includes(include, "immutabilitypolicy");
  result.include_legal_hold = includes(include, "legalhold");
  if (includes(include, "snapshots") && result.delimiter && !result.delimiter->empty()) {
    return fail(invalid_parameter("include", query.get("include"),
                                  "Snapshots cannot be listed with a delimiter."));
  }
  blob::ListBlobs& request = result.request;
  request.key = container_key(call);
  request.prefix = result.prefix.value_or("");
  request.delimiter = result.delimiter.value_or("");
  request.start_from = result.start_from.value_or("");
  request.max_results = result.max_results.value_or(request.max_results);
  request.include_uncommitted = includes(include, "uncommittedblobs");
  request.include_snapshots = includes(include, "snapshots");
  request.include_versions = includes(include, "versions");
  request.include_deleted = includes(include, "deleted");
  request.include_versions_only = includes(include, "deletedwithversions");
  if (result.marker && !result.marker->empty()) {
    LAPIS_TRY(request.start, decode_blob_marker(*result.marker));
  }
  return result;
}

ListBlobsWriter::ListBlobsWriter(const Call& call, const ListBlobsQuery& query,
                                 const blob::ServiceClock& time)
    : page_(std::make_unique<Page>(call, query, time)) {}

ListBlobsWriter::~ListBlobsWriter() = default;

void ListBlobsWriter::blob(std::string_view name, const blob::BlobProperties& properties) {
  page_->blob(name, properties);
}

void ListBlobsWriter::versions_only(std::string_view name, const blob::BlobProperties& properties) {
  page_->versions_only(name, properties);
}

void ListBlobsWriter::uncommitted(std::string_view name) { page_->uncommitted(name); }

void ListBlobsWriter::prefix(std::string_view name) { page_->prefix(name); }

Result<http::Response> ListBlobsWriter::finish(const blob::ListBlobsResult& result) && {
  LAPIS_TRY(std::string xml, std::move(*page_).finish(result));
  return xml_response(std::move(xml));
}

}  // namespace lapis::azure
