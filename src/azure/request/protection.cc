#include "azure/request/protection.h"

#include "azure/field_errors.h"
#include "lapis/base/date.h"

namespace lapis::azure {

Result<std::optional<blob::ImmutabilityPolicy>> parse_immutability(const http::Headers& headers) {
  const std::string_view until = headers.get(kImmutableUntil);
  const std::string_view mode = headers.get(kImmutabilityMode);
  blob::ImmutabilityPolicy policy;
  policy.locked = http::iequals(mode, "Locked");
  if (!mode.empty() && !policy.locked && !http::iequals(mode, "Unlocked")) {
    return fail(invalid_header(kImmutabilityMode, mode));
  }
  if (until.empty() && mode.empty()) return std::nullopt;
  if (until.empty()) return fail(missing_header(kImmutableUntil));
  const auto time = parse_http_date(until);
  if (!time) return fail(invalid_header(kImmutableUntil, until));
  policy.until = *time;
  return policy;
}

Result<std::optional<bool>> parse_legal_hold(const http::Headers& headers) {
  const std::string_view text = headers.get(kLegalHold);
  if (text.empty()) return std::nullopt;
  const bool hold = http::iequals(text, "true");
  if (!hold && !http::iequals(text, "false")) return fail(invalid_header(kLegalHold, text));
  return hold;
}

Result<blob::Protection> parse_protection(const http::Headers& headers) {
  blob::Protection protection;
  LAPIS_TRY(protection.immutability, parse_immutability(headers));
  LAPIS_TRY(const auto hold, parse_legal_hold(headers));
  protection.legal_hold = hold.value_or(false);
  return protection;
}

bool names_protection(const http::Headers& headers) {
  return !headers.get(kImmutableUntil).empty() || !headers.get(kImmutabilityMode).empty() ||
         !headers.get(kLegalHold).empty();
}

std::string_view mode_text(const blob::ImmutabilityPolicy& policy) {
  return policy.locked ? "locked" : "unlocked";
}

void add_immutability(http::Headers& headers, const blob::ImmutabilityPolicy& policy) {
  headers.add(kImmutableUntil, http_date_text(policy.until));
  headers.add(kImmutabilityMode, mode_text(policy));
}

}  // namespace lapis::azure
