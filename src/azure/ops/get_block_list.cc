#include "lapis/azure/ops/get_block_list.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/xml/xml_writer.h"

namespace lapis::azure {
namespace {

void write_blocks(XmlWriter& xml, std::string_view tag,
                  const std::vector<blob::ListedBlock>& blocks) {
  if (blocks.empty()) return xml.empty(tag);
  xml.open(tag);
  for (const blob::ListedBlock& listed : blocks) {
    xml.raw("<Block>");
    xml.element("Name", listed.block.text);
    xml.element("Size", listed.length);
    xml.raw("</Block>");
  }
  xml.close(tag);
}

// A client of an older version may keep a length in 31 bits.
constexpr std::uint32_t kLongBlocks = 20191212;
constexpr std::uint64_t kLongestBefore = 100ull << 20;

struct Wanted {
  bool committed = true;
  bool uncommitted = false;
};

Result<Wanted> parse_list_type(const Query& query) {
  const std::string_view type = query.get("blocklisttype");
  if (type.empty() || http::iequals(type, "committed")) return Wanted{true, false};
  if (http::iequals(type, "uncommitted")) return Wanted{false, true};
  if (http::iequals(type, "all")) return Wanted{true, true};
  return fail(invalid_parameter("blocklisttype", type, "Invalid query parameter value."));
}

}  // namespace

Result<blob::GetBlockList> parse_get_block_list(const Call& call) {
  LAPIS_TRY(const Wanted wanted, parse_list_type(call.target.query));
  blob::GetBlockList request;
  LAPIS_TRY(request.key, state_key(call));
  request.committed = wanted.committed;
  request.uncommitted = wanted.uncommitted;
  LAPIS_TRY(request.lease, parse_lease(call.request.headers));
  LAPIS_TRY(request.conditions, parse_if_tags(call));
  if (!call.at_least(kLongBlocks)) request.longest = kLongestBefore;
  return request;
}

http::Response render_get_block_list(const Call& call, const blob::GetBlockListResult& result) {
  // Parsed once already, so it is one of the three.
  const Wanted wanted = parse_list_type(call.target.query).value_or(Wanted{true, true});
  constexpr std::size_t kBlockBytes = 128;
  std::string text;
  text.reserve(256 + kBlockBytes * (result.committed.size() + result.uncommitted.size()));
  text.append(kXmlPrologue);
  XmlWriter xml(text);
  xml.open("BlockList");
  if (wanted.committed) write_blocks(xml, "CommittedBlocks", result.committed);
  if (wanted.uncommitted) write_blocks(xml, "UncommittedBlocks", result.uncommitted);
  xml.close("BlockList");
  http::Response response = xml_response(std::move(text));
  if (result.blob) {
    add_etag_and_date(response.headers, result.blob->etag, result.blob->last_modified);
    response.headers.add("x-ms-blob-content-length", std::to_string(result.blob->content_length));
  }
  return response;
}

}  // namespace lapis::azure
