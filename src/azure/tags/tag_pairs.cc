#include "azure/tags/tag_pairs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "azure/xml/xml_document.h"
#include "lapis/base/url.h"
#include "lapis/blob/tag_expression.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kHeader = "x-ms-tags";
constexpr std::size_t kMaxTags = 10;
constexpr std::size_t kMaxKey = 128;
constexpr std::size_t kMaxValue = 256;

bool is_tag_character(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view(" +-./:=_").find(c) != std::string_view::npos;
}

// Whether a blob that has `tags` can have this one too.
bool fits(const blob::Tags& tags, std::string_view key, std::string_view value) {
  return tags.size() < kMaxTags && !key.empty() && key.size() <= kMaxKey &&
         value.size() <= kMaxValue && std::ranges::all_of(key, is_tag_character) &&
         std::ranges::all_of(value, is_tag_character) && blob::find_tag(tags, key) == nullptr;
}

std::optional<std::string> decode(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  return percent_decode(blanks);
}

Result<std::string> exact_text(pugi::xml_node tag, const char* name) {
  LAPIS_TRY(const pugi::xml_node node, required_child(tag, name));
  if (!leaf_text(node)) return fail(invalid_xml_node(name, "", "It holds elements."));
  return std::string(node.child_value());  // blanks count
}

}  // namespace

Result<blob::Tags> parse_tags_header(const http::Headers& headers) {
  const std::string_view text = headers.get(kHeader);
  blob::Tags tags;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == pair.npos) return fail(invalid_header(kHeader, text));
    auto key = decode(pair.substr(0, equals));
    auto value = decode(pair.substr(equals + 1));
    if (!key || !value || !fits(tags, *key, *value)) return fail(invalid_header(kHeader, text));
    tags.emplace_back(*std::move(key), *std::move(value));
  }
  return tags;
}

Result<blob::Tags> parse_tags_document(std::string_view xml) {
  LAPIS_TRY(const XmlDocument document, XmlDocument::parse(xml, "Tags"));
  LAPIS_TRY_VOID(document.check_children(document.root(), {"TagSet"}));
  LAPIS_TRY(const pugi::xml_node set, required_child(document.root(), "TagSet"));
  blob::Tags tags;
  for (const pugi::xml_node node : set.children()) {
    if (node.type() != pugi::node_element) {
      return document.malformed(node, "Text between the tags of the set.");
    }
    if (std::string_view(node.name()) != "Tag") return fail(unsupported_xml_node(node.name()));
    LAPIS_TRY_VOID(document.check_children(node, {"Key", "Value"}));
    LAPIS_TRY(std::string key, exact_text(node, "Key"));
    LAPIS_TRY(std::string value, exact_text(node, "Value"));
    if (!fits(tags, key, value)) return fail(ErrorCode::kInvalidInput, "no blob has such tags");
    tags.emplace_back(std::move(key), std::move(value));
  }
  return tags;
}

}  // namespace lapis::azure
