#include "azure/xml/block_list_xml.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "azure/request/block_ids.h"

namespace lapis::azure {
namespace {

constexpr std::size_t kMaxEntries = blob::Limits::kMaxCommittedBlocks;
// Tags of a list of that size, opening and closing, with room for comments. More are not parsed:
// the tree's memory is bounded by this.
constexpr std::size_t kMaxTags = 2 * kMaxEntries + 64;

// Top-level text and DOCTYPE are kept so that they can be refused.
constexpr unsigned kParseOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol |
                                   pugi::parse_doctype | pugi::parse_fragment;

std::unexpected<Error> malformed(std::string_view xml, std::ptrdiff_t offset,
                                 std::string_view reason) {
  const std::string_view before =
      xml.substr(0, static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto newline = before.rfind('\n');
  const std::size_t column = before.size() - (newline == before.npos ? 0 : newline + 1) + 1;
  return fail(Error{ErrorCode::kInvalidXmlDocument, std::string(reason)}
                  .with("LineNumber", std::to_string(line))
                  .with("LinePosition", std::to_string(column))
                  .with("Reason", std::string(reason)));
}

std::optional<blob::BlockSource> source_of(std::string_view tag) {
  if (tag == "Latest") return blob::BlockSource::kLatest;
  if (tag == "Uncommitted") return blob::BlockSource::kUncommitted;
  if (tag == "Committed") return blob::BlockSource::kCommitted;
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The document's one element. Errors: text, a DOCTYPE or a second element beside it.
Result<pugi::xml_node> find_root(const pugi::xml_document& document, std::string_view xml) {
  pugi::xml_node root;
  for (const pugi::xml_node node : document.children()) {
    if (node.type() != pugi::node_element) {
      return malformed(xml, node.offset_debug(), "Unexpected content outside the root element.");
    }
    if (root) return malformed(xml, node.offset_debug(), "More than one root element.");
    root = node;
  }
  if (!root) return malformed(xml, std::ssize(xml), "Root element is missing.");
  if (std::string_view(root.name()) != "BlockList") {
    return malformed(xml, root.offset_debug(), "The root element is not BlockList.");
  }
  return root;
}

Result<blob::BlockListEntry> read_entry(pugi::xml_node node, std::string_view xml) {
  if (node.type() != pugi::node_element) {
    return malformed(xml, node.offset_debug(), "Text between the entries of the list.");
  }
  const auto source = source_of(node.name());
  if (!source) {
    return fail(Error{ErrorCode::kUnsupportedXmlNode}.with("XmlNodeName", node.name()));
  }
  const pugi::xml_node text = node.first_child();
  const bool leaf = text && !text.next_sibling() &&
                    (text.type() == pugi::node_pcdata || text.type() == pugi::node_cdata);
  const std::string_view id = leaf ? trim(text.value()) : std::string_view();
  if (!is_block_id(id)) return fail(ErrorCode::kInvalidBlockList, "an entry is no block id");
  return blob::BlockListEntry{*source, blob::BlockId{std::string(id)}};
}

}  // namespace

Result<std::vector<blob::BlockListEntry>> parse_block_list(std::string_view xml) {
  if (const auto nul = xml.find('\0'); nul != xml.npos) {
    return malformed(xml, static_cast<std::ptrdiff_t>(nul), "Invalid character.");
  }
  const auto tags = static_cast<std::size_t>(std::ranges::count(xml, '<'));
  if (tags > kMaxTags) return fail(ErrorCode::kBlockListTooLong);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(xml.data(), xml.size(), kParseOptions, pugi::encoding_utf8);
  if (!parsed) return malformed(xml, parsed.offset, parsed.description());
  LAPIS_TRY(const pugi::xml_node root, find_root(document, xml));
  std::vector<blob::BlockListEntry> entries;
  entries.reserve(tags / 2);
  for (const pugi::xml_node node : root.children()) {
    if (entries.size() == kMaxEntries) return fail(ErrorCode::kBlockListTooLong);
    LAPIS_TRY(blob::BlockListEntry entry, read_entry(node, xml));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace lapis::azure
