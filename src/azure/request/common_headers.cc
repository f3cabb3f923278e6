#include "azure/request/common_headers.h"

#include <string>
#include <string_view>
#include <utility>

#include "azure/field_errors.h"
#include "azure/request/guid.h"
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

// The time of a past state; nothing where the parameter is absent or empty.
Result<std::optional<Timestamp>> parse_past(const Call& call, std::string_view name,
                                            std::string reason) {
  const std::string_view text = call.target.query.get(name);
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (time && *time >= Timestamp{}) return time;
  return fail(invalid_parameter(name, text, std::move(reason)));
}

}  // namespace

Result<std::optional<blob::LeaseId>> parse_lease(const http::Headers& headers) {
  const std::string_view text = headers.get("x-ms-lease-id");
  if (text.empty()) return std::nullopt;
  const auto id = parse_guid(text);
  if (!id) return fail(invalid_header("x-ms-lease-id", text));
  return id;
}

Result<std::optional<blob::AccessTier>> parse_tier(const Call& call) {
  const std::string_view text = call.request.headers.get("x-ms-access-tier");
  if (text.empty()) return std::nullopt;
  const auto tier = blob::parse_access_tier(text);
  if (!tier || !knows(call, *tier)) return fail(invalid_header("x-ms-access-tier", text));
  return tier;
}

Result<std::optional<blob::AccessTier>> parse_new_tier(const Call& call) {
  if (!call.at_least(kTiersOfNewBlobs)) return std::nullopt;
  return parse_tier(call);
}

blob::ContainerKey container_key(const Call& call) {
  return {std::string(call.target.account), std::string(call.target.container)};
}

blob::BlobKey blob_key(const Call& call) {
  return {std::string(call.target.account), std::string(call.target.container),
          std::string(call.target.blob)};
}

bool names_blob_version(const Call& call) {
  return call.at_least(kVersions) && !call.target.query.get("versionid").empty();
}

bool asks_permanently(const Call& call) {
  return call.at_least(kPermanentDelete) && !call.target.query.get("deletetype").empty();
}

Result<blob::BlobKey> state_key(const Call& call) {
  blob::BlobKey key = blob_key(call);
  LAPIS_TRY(key.snapshot,
            parse_past(call, "snapshot", "Must be in the specific snapshot date time format."));
  if (!call.target.query.has("versionid")) return key;
  if (!call.at_least(kVersions)) return fail(unsupported_parameter("versionid"));
  LAPIS_TRY(key.version,
            parse_past(call, "versionid", "Must be in the specific version date time format."));
  if (key.snapshot && key.version) {
    return fail(invalid_parameter("versionid", call.target.query.get("versionid"),
                                  "snapshot and versionid exclude another."));
  }
  return key;
}

}  // namespace lapis::azure
