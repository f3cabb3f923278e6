#include "azure/xml/container_acl_xml.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "azure/field_errors.h"
#include "azure/xml/xml_document.h"
#include "azure/xml/xml_writer.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kRoot = "SignedIdentifiers";
constexpr std::string_view kEntry = "SignedIdentifier";
// The wording is Azure's.
constexpr std::string_view kIdLength =
    "Signed identifier ID cannot be empty or over 64 characters in length";
constexpr std::string_view kLetters = "racwdxyltmeopif";  // that a service SAS has

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Empty and absent mean the same.
Result<std::string> optional_text(pugi::xml_node parent, const char* name) {
  if (!parent.child(name)) return std::string();
  return required_text(parent, name);
}

Result<std::optional<Timestamp>> read_time(pugi::xml_node policy, const char* name) {
  LAPIS_TRY(const std::string text, optional_text(policy, name));
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) return fail(invalid_xml_node(name, text, "It is no date."));
  return time;
}

Result<blob::StoredPolicy> read_entry(const XmlDocument& document, pugi::xml_node entry) {
  LAPIS_TRY_VOID(document.check_children(entry, {"Id", "AccessPolicy"}));
  blob::StoredPolicy read;
  LAPIS_TRY(read.id, required_text(entry, "Id"));
  if (read.id.empty() || characters(read.id) > blob::ContainerAccess::kMaxPolicyId) {
    return document.malformed(entry.child("Id"), kIdLength);
  }
  if (!xml_can_carry(read.id)) {
    return fail(invalid_xml_node("Id", read.id, "It holds what no document can."));
  }
  const pugi::xml_node policy = entry.child("AccessPolicy");
  if (!policy) return read;
  LAPIS_TRY_VOID(document.check_children(policy, {"Start", "Expiry", "Permission"}));
  LAPIS_TRY(read.start, read_time(policy, "Start"));
  LAPIS_TRY(read.expiry, read_time(policy, "Expiry"));
  LAPIS_TRY(read.permissions, optional_text(policy, "Permission"));
  if (read.permissions.find_first_not_of(kLetters) != std::string::npos) {
    return fail(invalid_xml_node("Permission", read.permissions, "There is no such permission."));
  }
  return read;
}

void write_policy(XmlWriter& xml, const blob::StoredPolicy& policy) {
  xml.open(kEntry);
  xml.element("Id", policy.id);
  xml.open("AccessPolicy");
  if (policy.start) xml.plain_element("Start", format_iso8601(*policy.start));
  if (policy.expiry) xml.plain_element("Expiry", format_iso8601(*policy.expiry));
  if (!policy.permissions.empty()) xml.plain_element("Permission", policy.permissions);
  xml.close("AccessPolicy");
  xml.close(kEntry);
}

}  // namespace

Result<std::vector<blob::StoredPolicy>> parse_container_acl(std::string_view xml) {
  std::vector<blob::StoredPolicy> policies;
  if (xml.empty()) return policies;
  LAPIS_TRY(const XmlDocument document, XmlDocument::parse(xml, kRoot));
  for (const pugi::xml_node node : document.root().children()) {
    if (node.type() != pugi::node_element) {
      return document.malformed(node, "Text between elements.");
    }
    if (node.name() != kEntry) return fail(unsupported_xml_node(node.name()));
    if (policies.size() == blob::ContainerAccess::kMaxPolicies) {
      return document.malformed(node, "More than five access policies.");
    }
    LAPIS_TRY(blob::StoredPolicy policy, read_entry(document, node));
    if (std::ranges::find(policies, policy.id, &blob::StoredPolicy::id) != policies.end()) {
      return document.malformed(node, "Two access policies of one Id.");
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

std::string container_acl_xml(const std::vector<blob::StoredPolicy>& policies) {
  std::string text(kXmlPrologue);
  XmlWriter xml(text);
  if (policies.empty()) {
    xml.empty(kRoot);
    return text;
  }
  xml.open(kRoot);
  for (const blob::StoredPolicy& policy : policies) write_policy(xml, policy);
  xml.close(kRoot);
  return text;
}

}  // namespace lapis::azure
