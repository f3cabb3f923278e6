#include "azure/xml/cors_xml.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "azure/field_errors.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr std::size_t kMaxRules = 5;
constexpr std::size_t kMaxTextBytes = 2 * 1024;  // of all rules, without tags
constexpr std::size_t kMaxValueBytes = 256;
constexpr std::size_t kMaxOrigins = 64;
constexpr std::size_t kMaxLiteralHeaders = 64;
constexpr std::size_t kMaxPrefixedHeaders = 2;
constexpr std::uint64_t kMaxAge = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view kMethods[] = {"DELETE", "GET",   "HEAD",  "MERGE",   "POST",
                                         "PUT",    "PATCH", "TRACE", "OPTIONS", "CONNECT"};

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct List {
  const char* name;
  std::string text;
  std::vector<std::string_view> values;  // of `text`
};

std::unexpected<Error> invalid(const List& list, std::string_view reason) {
  return fail(invalid_xml_node(list.name, list.text, reason));
}

// The values of a comma-separated list; an element without text has none.
Result<void> read_list(pugi::xml_node rule, List& list) {
  LAPIS_TRY(list.text, required_text(rule, list.name));
  std::string_view rest = list.text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view value = without_blanks(rest.substr(0, comma));
    rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    if (value.empty()) return invalid(list, "A value of the list is empty.");
    if (value.size() > kMaxValueBytes) return invalid(list, "A value is over 256 characters long.");
    list.values.push_back(value);
  }
  return {};
}

Result<void> check_origins(const List& origins) {
  if (origins.values.empty()) return invalid(origins, "At least one origin is needed.");
  if (origins.values.size() > kMaxOrigins) return invalid(origins, "More than 64 origins.");
  const bool any = std::ranges::find(origins.values, "*") != origins.values.end();
  if (any && origins.values.size() > 1) return invalid(origins, "\"*\" stands for all others.");
  return {};
}

Result<void> check_methods(const List& methods) {
  if (methods.values.empty()) return invalid(methods, "At least one method is needed.");
  for (const std::string_view method : methods.values) {
    if (std::ranges::find(kMethods, method) == std::end(kMethods)) {
      return invalid(methods, "The service has no such method.");
    }
  }
  return {};
}

Result<void> check_headers(const List& headers) {
  const auto prefixed = static_cast<std::size_t>(std::ranges::count_if(
      headers.values, [](std::string_view v) { return v.size() > 1 && v.ends_with('*'); }));
  if (prefixed > kMaxPrefixedHeaders) return invalid(headers, "More than 2 prefixed headers.");
  if (headers.values.size() - prefixed > kMaxLiteralHeaders) {
    return invalid(headers, "More than 64 literal headers.");
  }
  return {};
}

Result<std::uint32_t> read_age(const std::string& text) {
  const auto seconds = parse_u64(text);
  if (seconds && *seconds <= kMaxAge) return static_cast<std::uint32_t>(*seconds);
  return fail(invalid_xml_node("MaxAgeInSeconds", text, "It is no number of seconds."));
}

std::vector<std::string> owned(const List& list) {
  return {list.values.begin(), list.values.end()};
}

// Adds to `bytes` how many of text it holds.
Result<blob::CorsRule> read_rule(const XmlDocument& document, pugi::xml_node node,
                                 std::size_t& bytes) {
  LAPIS_TRY_VOID(document.check_children(
      node,
      {"AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposedHeaders", "MaxAgeInSeconds"}));
  List origins{"AllowedOrigins", {}, {}};
  List methods{"AllowedMethods", {}, {}};
  List allowed{"AllowedHeaders", {}, {}};
  List exposed{"ExposedHeaders", {}, {}};
  for (List* list : {&origins, &methods, &allowed, &exposed}) {
    LAPIS_TRY_VOID(read_list(node, *list));
    bytes += list->text.size();
  }
  LAPIS_TRY(const std::string age, required_text(node, "MaxAgeInSeconds"));
  bytes += age.size();
  LAPIS_TRY_VOID(check_origins(origins));
  LAPIS_TRY_VOID(check_methods(methods));
  LAPIS_TRY_VOID(check_headers(allowed));
  LAPIS_TRY_VOID(check_headers(exposed));
  LAPIS_TRY(const std::uint32_t seconds, read_age(age));
  return blob::CorsRule{owned(origins), owned(methods), owned(allowed), owned(exposed), seconds};
}

void write_list(XmlWriter& xml, std::string_view tag, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text.push_back(',');
    text.append(value);
  }
  xml.element(tag, text);
}

}  // namespace

Result<std::vector<blob::CorsRule>> parse_cors_rules(const XmlDocument& document,
                                                     pugi::xml_node cors) {
  std::vector<blob::CorsRule> rules;
  std::size_t bytes = 0;
  for (const pugi::xml_node node : cors.children()) {
    if (node.type() != pugi::node_element) {
      return document.malformed(node, "Text between elements.");
    }
    if (std::string_view(node.name()) != "CorsRule") return fail(unsupported_xml_node(node.name()));
    if (rules.size() == kMaxRules) return document.malformed(node, "More than five CORS rules.");
    LAPIS_TRY(blob::CorsRule rule, read_rule(document, node, bytes));
    rules.push_back(std::move(rule));
  }
  if (bytes > kMaxTextBytes) return document.malformed(cors, "The CORS rules are over 2 KiB.");
  return rules;
}

void write_cors_rules(XmlWriter& xml, const std::vector<blob::CorsRule>& rules) {
  if (rules.empty()) return xml.empty("Cors");
  xml.open("Cors");
  for (const blob::CorsRule& rule : rules) {
    xml.open("CorsRule");
    write_list(xml, "AllowedOrigins", rule.origins);
    write_list(xml, "AllowedMethods", rule.methods);
    xml.element("MaxAgeInSeconds", rule.max_age_seconds);
    write_list(xml, "ExposedHeaders", rule.exposed_headers);
    write_list(xml, "AllowedHeaders", rule.allowed_headers);
    xml.close("CorsRule");
  }
  xml.close("Cors");
}

}  // namespace lapis::azure
