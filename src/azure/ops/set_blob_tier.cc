#include "lapis/azure/ops/set_blob_tier.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kSetBlobTier = 20170417;

constexpr std::array<std::string_view, 11> kPageBlobTiers = {
    "P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50", "P60", "P70", "P80"};

bool is_page_blob_tier(std::string_view text) {
  const auto same = [text](std::string_view tier) { return http::iequals(tier, text); };
  return std::ranges::any_of(kPageBlobTiers, same);
}

// Checked and done with: a blob leaves the archive at once, whatever its priority.
Result<void> check_priority(const Call& call) {
  constexpr std::string_view kName = "x-ms-rehydrate-priority";
  const std::string_view text = call.request.headers.get(kName);
  if (text.empty() || !call.at_least(kRehydratePriority)) return {};
  if (http::iequals(text, "Standard") || http::iequals(text, "High")) return {};
  return fail(invalid_header(kName, text));
}

}  // namespace

Result<blob::SetBlobTier> parse_set_blob_tier(const Call& call) {
  if (!call.at_least(kSetBlobTier)) return fail(invalid_parameter("comp", "tier", ""));
  const http::Headers& headers = call.request.headers;
  const std::string_view text = headers.get("x-ms-access-tier");
  if (text.empty()) return fail(missing_header("x-ms-access-tier"));
  blob::SetBlobTier request;
  LAPIS_TRY(request.key, state_key(call));
  if (!is_page_blob_tier(text)) {
    LAPIS_TRY(request.tier, parse_tier(call));
  }
  LAPIS_TRY_VOID(check_priority(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  LAPIS_TRY(request.conditions, parse_if_tags(call));
  return request;
}

http::Response render_set_blob_tier(const Call&, const blob::SetBlobTierResult& result) {
  http::Response response;
  response.status = result.rehydrated ? 202 : 200;
  return response;
}

}  // namespace lapis::azure
