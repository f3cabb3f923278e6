#include "azure/xml/xml_document.h"

#include <algorithm>
#include <iterator>

#include "azure/field_errors.h"
#include "lapis/http/message.h"

namespace lapis::azure {
namespace {

// Top-level text and DOCTYPE are kept so that they can be refused.
constexpr unsigned kParseOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol |
                                   pugi::parse_doctype | pugi::parse_fragment;

std::unexpected<Error> malformed_at(std::string_view xml, std::ptrdiff_t offset,
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

// The document's one element. Errors: text, a DOCTYPE or a second element beside it.
Result<pugi::xml_node> find_root(const pugi::xml_document& document, std::string_view xml,
                                 std::string_view name) {
  pugi::xml_node root;
  for (const pugi::xml_node node : document.children()) {
    if (node.type() != pugi::node_element) {
      return malformed_at(xml, node.offset_debug(), "Unexpected content outside the root element.");
    }
    if (root) return malformed_at(xml, node.offset_debug(), "More than one root element.");
    root = node;
  }
  if (!root) return malformed_at(xml, std::ssize(xml), "Root element is missing.");
  if (root.name() != name) {
    return malformed_at(xml, root.offset_debug(),
                        "The root element is not " + std::string(name) + ".");
  }
  return root;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

XmlDocument::XmlDocument(std::string_view xml)
    : xml_(xml), tree_(std::make_unique<pugi::xml_document>()) {}

Result<XmlDocument> XmlDocument::parse(std::string_view xml, std::string_view root_name) {
  if (const auto nul = xml.find('\0'); nul != xml.npos) {
    return malformed_at(xml, static_cast<std::ptrdiff_t>(nul), "Invalid character.");
  }
  XmlDocument document(xml);
  const pugi::xml_parse_result parsed =
      document.tree_->load_buffer(xml.data(), xml.size(), kParseOptions, pugi::encoding_utf8);
  if (!parsed) return malformed_at(xml, parsed.offset, parsed.description());
  LAPIS_TRY(document.root_, find_root(*document.tree_, xml, root_name));
  return document;
}

std::unexpected<Error> XmlDocument::malformed(pugi::xml_node node, std::string_view reason) const {
  return malformed_at(xml_, node.offset_debug(), reason);
}

Result<void> XmlDocument::check_children(pugi::xml_node parent,
                                         std::initializer_list<std::string_view> known) const {
  for (const pugi::xml_node node : parent.children()) {
    if (node.type() != pugi::node_element) return malformed(node, "Text between elements.");
    if (std::ranges::find(known, std::string_view(node.name())) == known.end()) {
      return fail(unsupported_xml_node(node.name()));
    }
    if (parent.child(node.name()) != node) return malformed(node, "An element is given twice.");
  }
  return {};
}

std::optional<std::string_view> leaf_text(pugi::xml_node node) {
  const pugi::xml_node text = node.first_child();
  if (!text) return std::string_view();
  const bool leaf =
      !text.next_sibling() && (text.type() == pugi::node_pcdata || text.type() == pugi::node_cdata);
  if (!leaf) return std::nullopt;
  return trim(text.value());
}

Result<pugi::xml_node> required_child(pugi::xml_node parent, const char* name) {
  const pugi::xml_node child = parent.child(name);
  if (!child) return fail(missing_xml_node(name));
  return child;
}

Result<std::string> required_text(pugi::xml_node parent, const char* name) {
  LAPIS_TRY(const pugi::xml_node child, required_child(parent, name));
  const auto text = leaf_text(child);
  if (!text) return fail(invalid_xml_node(name, "", "It holds elements."));
  return std::string(*text);
}

Result<bool> required_bool(pugi::xml_node parent, const char* name) {
  LAPIS_TRY(const std::string text, required_text(parent, name));
  if (http::iequals(text, "true")) return true;
  if (http::iequals(text, "false")) return false;
  return fail(invalid_xml_node(name, text, "It is neither true nor false."));
}

}  // namespace lapis::azure
