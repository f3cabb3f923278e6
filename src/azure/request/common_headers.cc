#include "azure/request/common_headers.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "azure/field_errors.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

// The first version that knows a tier.
constexpr std::uint32_t kColdTier = 20211202;
constexpr std::uint32_t kSmartTier = 20260606;

bool knows(const Call& call, blob::AccessTier tier) {
  if (tier == blob::AccessTier::kCold) return call.at_least(kColdTier);
  if (tier == blob::AccessTier::kSmart) return call.at_least(kSmartTier);
  return true;
}

// The spellings of .NET: plain digits, with hyphens, and these in braces or parentheses.
bool is_guid(std::string_view text) {
  const bool braces = text.starts_with('{') && text.ends_with('}');
  const bool parentheses = text.starts_with('(') && text.ends_with(')');
  const bool enclosed = (braces || parentheses) && text.size() == 38;
  if (enclosed) text = text.substr(1, 36);
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (text.size() == 32) return std::ranges::all_of(text, is_hex);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace

Result<std::optional<blob::LeaseId>> parse_lease(const http::Headers& headers) {
  const std::string_view text = headers.get("x-ms-lease-id");
  if (text.empty()) return std::nullopt;
  if (!is_guid(text)) return fail(invalid_header("x-ms-lease-id", text));
  return blob::LeaseId(text);
}

Result<std::optional<blob::AccessTier>> parse_tier(const Call& call) {
  const std::string_view text = call.request.headers.get("x-ms-access-tier");
  if (text.empty()) return std::nullopt;
  const auto tier = blob::parse_access_tier(text);
  if (!tier || !knows(call, *tier)) return fail(invalid_header("x-ms-access-tier", text));
  return tier;
}

blob::ContainerKey container_key(const Call& call) {
  return {std::string(call.target.account), std::string(call.target.container)};
}

blob::BlobKey blob_key(const Call& call) {
  return {std::string(call.target.account), std::string(call.target.container),
          std::string(call.target.blob)};
}

Result<blob::BlobKey> state_key(const Call& call) {
  blob::BlobKey key = blob_key(call);
  const std::string_view* text = call.target.query.find("snapshot");
  if (text == nullptr || text->empty()) return key;
  key.snapshot = parse_iso8601(*text);
  if (!key.snapshot || *key.snapshot < Timestamp{}) {
    return fail(
        invalid_parameter("snapshot", *text, "Must be in the specific snapshot date time format."));
  }
  return key;
}

}  // namespace lapis::azure
