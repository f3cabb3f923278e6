#include "lapis/azure/header_rules.h"

#include <algorithm>
#include <string_view>

#include "azure/copy_header_rules.h"
#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/protection.h"

namespace lapis::azure {
namespace {

struct RefusedHeader {
  std::string_view name;       // or a beginning of names that ends with '*'
  std::string_view comp = {};  // the one operation that takes it, by its `comp`
};

constexpr std::string_view kAppendPosition = "x-ms-blob-condition-appendpos";

// An empty value counts as absent: some clients send headers that way which they do not mean.
constexpr RefusedHeader kRefusedHeaders[] = {
    {"x-ms-encryption-*"},              // customer-provided keys, scopes
    {"x-ms-default-encryption-scope"},  //
    {"x-ms-deny-encryption-scope-override"},
    {"x-ms-immutability-policy-*"},
    {"x-ms-legal-hold"},
    {"x-ms-source-*"},
    {"x-ms-copy-source*"},  // of an operation that copies nothing, or does not take it
    {"x-ms-rehydrate-priority", "tier"},
    {"x-ms-seal-blob"},
    {"x-ms-expiry-*"},
    {"x-ms-if-sequence-number-*", "page"},
    {"x-ms-blob-condition-*", "appendblock"},
    {"x-ms-blob-sequence-number", "properties"},
    {"x-ms-blob-content-length", "properties"},
    {"x-ms-access-tier-if-*"},
    {"x-ms-delete-type-permanent"},
    {"x-ms-rename-source"},  // of Data Lake, as are those below
    {"x-ms-properties"},
    {"x-ms-umask"},
    {"x-ms-owner"},
    {"x-ms-group"},
    {"x-ms-permissions"},
    {"x-ms-acl"},
};

// The body is framed: for operations that know it.
constexpr std::string_view kStructured = "x-ms-structured-*";

constexpr std::size_t kPrefix = 5;  // of "x-ms-", which every rule begins with

// Operations on a part of a blob.
bool is_part(std::string_view comp) {
  constexpr std::string_view kParts[] = {"block", "appendblock", "page"};
  const auto same = [comp](std::string_view one) { return http::iequals(one, comp); };
  return std::ranges::any_of(kParts, same);
}

bool matches(std::string_view rule, std::string_view name) {
  if ((name[kPrefix] | 0x20) != rule[kPrefix]) return false;
  if (!rule.ends_with('*')) return http::iequals(rule, name);
  rule.remove_suffix(1);
  return name.size() >= rule.size() && http::iequals(name.substr(0, rule.size()), rule);
}

// Get Blob, Put Blob, Put Block, Append Block and Put Page, with a body of their own.
bool takes_structured(const Call& call) {
  if (call.target.resource != Resource::kBlob) return false;
  const std::string_view comp = call.target.query.get("comp");
  if (call.request.method == http::Method::kGet) return comp.empty();
  if (call.request.method != http::Method::kPut) return false;
  if (!call.request.headers.get("x-ms-copy-source").empty()) return false;
  return comp.empty() || is_part(comp);
}

// Who may read a container is said where it is made, and by Set Container ACL.
constexpr std::string_view kPublicAccess = "x-ms-blob-public-access";
bool takes_public_access(const Call& call) {
  if (call.target.resource != Resource::kContainer) return false;
  if (call.request.method != http::Method::kPut) return false;
  const std::string_view comp = call.target.query.get("comp");
  return comp.empty() || http::iequals(comp, "acl");
}

// Put Blob of a page blob is told its length and its number.
bool makes_page_blob(const Call& call, std::string_view comp) {
  return call.request.method == http::Method::kPut && comp.empty() &&
         call.target.resource == Resource::kBlob &&
         http::iequals(call.request.headers.get("x-ms-blob-type"), "PageBlob");
}
bool is_of_page_blobs(const http::Header& header) {
  return http::iequals(header.name, "x-ms-blob-content-length") ||
         http::iequals(header.name, "x-ms-blob-sequence-number");
}

// Operations that make a blob out of what they are sent.
bool makes_blob(const Call& call) {
  if (call.target.resource != Resource::kBlob) return false;
  if (call.request.method != http::Method::kPut) return false;
  const std::string_view comp = call.target.query.get("comp");
  return comp.empty() || http::iequals(comp, "blocklist");
}

// They take them, and the operations on policies and on holds.
bool takes_protection(const Call& call, std::string_view name) {
  const bool is_hold = http::iequals(name, kLegalHold);
  if (!is_hold && !http::iequals(name, kImmutableUntil) &&
      !http::iequals(name, kImmutabilityMode)) {
    return false;
  }
  if (makes_blob(call)) return call.at_least(kImmutability);
  const std::string_view comp = call.target.query.get("comp");
  return call.request.method == http::Method::kPut &&
         http::iequals(comp, is_hold ? "legalhold" : "immutabilityPolicies");
}

// Delete Blob says what it expects of the access tier.
constexpr std::uint32_t kTierConditions = 20260406;
bool takes_tier_condition(const Call& call, std::string_view name) {
  return call.request.method == http::Method::kDelete && call.target.resource == Resource::kBlob &&
         call.target.query.get("comp").empty() && call.at_least(kTierConditions) &&
         matches("x-ms-access-tier-if-*", name);
}

// Operations on one blob, but for those that do not look at it, or have no conditions at all.
bool takes_tag_condition(const Call& call) {
  if (call.target.resource != Resource::kBlob || !call.at_least(kBlobTags)) return false;
  const std::string_view comp = call.target.query.get("comp");
  constexpr std::string_view kUnconditional[] = {
      "block", "undelete", "copy", "seal", "expiry", "immutabilityPolicies", "legalhold"};
  return std::ranges::none_of(kUnconditional,
                              [comp](std::string_view one) { return http::iequals(one, comp); });
}

Result<void> check_tag_headers(const Call& call) {
  const http::Headers& headers = call.request.headers;
  if (!headers.get("x-ms-tags").empty() && !(makes_blob(call) && call.at_least(kBlobTags))) {
    return fail(unsupported_header("x-ms-tags"));
  }
  if (!headers.get("x-ms-if-tags").empty() && !takes_tag_condition(call)) {
    return fail(unsupported_header("x-ms-if-tags"));
  }
  if (!headers.get(kSourceIfTags).empty() && !call.at_least(kBlobTags)) {
    return fail(unsupported_header(kSourceIfTags));
  }
  return {};
}

Result<void> check_header(const Call& call, const http::Header& header, std::string_view comp) {
  for (const RefusedHeader& rule : kRefusedHeaders) {
    if (!matches(rule.name, header.name) || header.value.empty()) continue;
    if (!rule.comp.empty() && http::iequals(rule.comp, comp)) continue;
    if (http::iequals(header.name, kAppendPosition) && http::iequals(comp, "seal")) continue;
    if (takes_protection(call, header.name)) continue;
    if (takes_tier_condition(call, header.name)) continue;
    return fail(unsupported_header(header.name));
  }
  return {};
}

Result<void> check_parameters(const Call& call) {
  const Query& query = call.target.query;
  if (call.request.method != http::Method::kPut) return {};
  const std::string_view comp = query.get("comp");
  // There are tiers, policies and holds of snapshots and versions, as there are reads of them, and
  // tags of versions.
  constexpr std::string_view kOfStates[] = {"tier", "immutabilityPolicies", "legalhold"};
  const auto same = [comp](std::string_view one) { return http::iequals(one, comp); };
  if (std::ranges::any_of(kOfStates, same) && call.at_least(kVersions)) return {};
  if (const std::string_view* snapshot = query.find("snapshot")) {
    return fail(invalid_parameter(
        "snapshot", *snapshot,
        "This operation is only allowed on the root blob. Snapshot should not be provided."));
  }
  const std::string_view* version = query.find("versionid");
  if (version == nullptr || http::iequals(comp, "tags")) return {};
  return fail(invalid_parameter("versionid", *version,
                                "This operation is only allowed on the root blob. "
                                "Version id should not be provided."));
}

}  // namespace

Result<void> refuse_unsupported(const Call& call) {
  // A part would replace the whole. RFC 9110, section 14.5, has it refused.
  constexpr std::string_view kPart = "Content-Range";
  const bool writes = call.request.method == http::Method::kPut;
  if (writes && call.request.headers.find(kPart)) return fail(unsupported_header(kPart));
  const std::string_view comp = call.target.query.get("comp");
  const bool structured = takes_structured(call);
  const Copying copies = copying(call);
  const bool is_page_blob = makes_page_blob(call, comp);
  for (const http::Header& header : call.request.headers.all()) {
    if (header.name.size() <= kPrefix || (header.name[0] | 0x20) != 'x') continue;
    if (!structured && !header.value.empty() && matches(kStructured, header.name)) {
      return fail(unsupported_header(header.name));
    }
    if (takes_of_copies(copies, header)) continue;
    if (is_page_blob && is_of_page_blobs(header)) continue;
    if (!header.value.empty() && matches(kPublicAccess, header.name) &&
        !takes_public_access(call)) {
      return fail(unsupported_header(header.name));
    }
    LAPIS_TRY_VOID(check_header(call, header, comp));
  }
  LAPIS_TRY_VOID(check_tag_headers(call));
  return check_parameters(call);
}

}  // namespace lapis::azure
