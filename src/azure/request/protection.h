// Immutability policies and legal holds, as headers of requests and of answers.
#pragma once

#include <optional>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/protection.h"

namespace lapis::azure {

// The first versions that know policies, and holds as headers and in listings; that with Set Blob
// Legal Hold.
inline constexpr std::uint32_t kImmutability = 20200612;
inline constexpr std::uint32_t kLegalHolds = 20200408;

inline constexpr std::string_view kImmutableUntil = "x-ms-immutability-policy-until-date";
inline constexpr std::string_view kImmutabilityMode = "x-ms-immutability-policy-mode";
inline constexpr std::string_view kLegalHold = "x-ms-legal-hold";

// Empty headers count as absent. Errors: kInvalidHeaderValue; kMissingRequiredHeader for a mode
// without a time.
Result<std::optional<blob::ImmutabilityPolicy>> parse_immutability(const http::Headers& headers);
Result<std::optional<bool>> parse_legal_hold(const http::Headers& headers);
// Both, of a blob that is made.
Result<blob::Protection> parse_protection(const http::Headers& headers);
// Whether a request has any of them.
bool names_protection(const http::Headers& headers);

// "unlocked" or "locked".
std::string_view mode_text(const blob::ImmutabilityPolicy& policy);
void add_immutability(http::Headers& headers, const blob::ImmutabilityPolicy& policy);

}  // namespace lapis::azure
