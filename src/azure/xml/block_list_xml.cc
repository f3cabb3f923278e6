#include "azure/xml/block_list_xml.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "azure/request/block_ids.h"
#include "azure/xml/xml_document.h"

namespace lapis::azure {
namespace {

constexpr std::size_t kMaxEntries = blob::Limits::kMaxCommittedBlocks;
// Tags of a list of that size, opening and closing, with room for comments. More are not parsed:
// the tree's memory is bounded by this.
constexpr std::size_t kMaxTags = 2 * kMaxEntries + 64;

std::optional<blob::BlockSource> source_of(std::string_view tag) {
  if (tag == "Latest") return blob::BlockSource::kLatest;
  if (tag == "Uncommitted") return blob::BlockSource::kUncommitted;
  if (tag == "Committed") return blob::BlockSource::kCommitted;
  return std::nullopt;
}

Result<blob::BlockListEntry> read_entry(const XmlDocument& document, pugi::xml_node node) {
  if (node.type() != pugi::node_element) {
    return document.malformed(node, "Text between the entries of the list.");
  }
  const auto source = source_of(node.name());
  if (!source) return fail(unsupported_xml_node(node.name()));
  const std::string_view id = leaf_text(node).value_or(std::string_view());
  if (!is_block_id(id)) return fail(ErrorCode::kInvalidBlockList, "an entry is no block id");
  return blob::BlockListEntry{*source, blob::BlockId{std::string(id)}};
}

}  // namespace

Result<std::vector<blob::BlockListEntry>> parse_block_list(std::string_view xml) {
  const auto tags = static_cast<std::size_t>(std::ranges::count(xml, '<'));
  if (tags > kMaxTags) return fail(ErrorCode::kBlockListTooLong);
  LAPIS_TRY(const XmlDocument document, XmlDocument::parse(xml, "BlockList"));
  std::vector<blob::BlockListEntry> entries;
  entries.reserve(tags / 2);
  for (const pugi::xml_node node : document.root().children()) {
    if (entries.size() == kMaxEntries) return fail(ErrorCode::kBlockListTooLong);
    LAPIS_TRY(blob::BlockListEntry entry, read_entry(document, node));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace lapis::azure
