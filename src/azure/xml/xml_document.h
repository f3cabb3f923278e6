// An XML document out of a request's body, read strictly: no DTD, no entities but the predefined
// ones, no text between elements. For the parsers in this directory.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::azure {

class XmlDocument {
 public:
  // `xml` outlives the document; its size bounds the tree's memory. Errors: kInvalidXmlDocument
  // with LineNumber, LinePosition and Reason: not well-formed, or the root is not `root_name`.
  static Result<XmlDocument> parse(std::string_view xml, std::string_view root_name);

  pugi::xml_node root() const { return root_; }

  // kInvalidXmlDocument at `node`.
  std::unexpected<Error> malformed(pugi::xml_node node, std::string_view reason) const;

  // That `parent` has no children but elements of the names `known`, each at most once. Errors:
  // kUnsupportedXmlNode, kInvalidXmlDocument.
  Result<void> check_children(pugi::xml_node parent,
                              std::initializer_list<std::string_view> known) const;

 private:
  explicit XmlDocument(std::string_view xml);

  std::string_view xml_;
  std::unique_ptr<pugi::xml_document> tree_;
  pugi::xml_node root_;
};

// The text of an element without blanks around it, empty where it has none; nothing where it holds
// elements.
std::optional<std::string_view> leaf_text(pugi::xml_node node);

// A child. Errors: kMissingRequiredXmlNode.
Result<pugi::xml_node> required_child(pugi::xml_node parent, const char* name);

// The text of a child. Errors: as above, kInvalidXmlNodeValue where it holds elements.
Result<std::string> required_text(pugi::xml_node parent, const char* name);

// "true" or "false" in any case. Errors: as above, kInvalidXmlNodeValue.
Result<bool> required_bool(pugi::xml_node parent, const char* name);

}  // namespace lapis::azure
