// x-ms-version: dates that select behaviour.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/azure/target.h"
#include "lapis/base/fixed_text.h"
#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// A service version as yyyymmdd.
struct ServiceVersion {
  std::uint32_t date = 0;
  friend auto operator<=>(const ServiceVersion&, const ServiceVersion&) = default;
  FixedText<10> text() const;  // "2026-10-06"
};

// "YYYY-MM-DD" of a day that exists; nothing otherwise.
std::optional<ServiceVersion> parse_version(std::string_view text);

inline constexpr ServiceVersion kOldestVersion{20090919};
inline constexpr ServiceVersion kNewestVersion{20261006};

struct NegotiatedVersion {
  ServiceVersion requested;  // echoed in x-ms-version
  ServiceVersion
      effective;  // whose behaviour is served: the newest known one not after `requested`
  bool unknown_newer = false;
};

// Whether the request says its version: by header, by parameter, or by its SAS.
bool names_version(const http::Request& request, const Target& target);

// From x-ms-version, else the `api-version` parameter, else the SAS's `sv`; a SAS of 2013-08-15 or
// before decides by itself. None of them: the account's `default_version`; without that 2014-02-14
// where there is no credential, kMissingRequiredHeader with an Authorization header. A malformed or
// too old one is kInvalidHeaderValue with HeaderName and HeaderValue. A well-formed one newer than
// any known is accepted unless `strict`; a date between known ones is served as the nearest older.
Result<NegotiatedVersion> negotiate_version(const http::Request& request, const Target& target,
                                            bool strict,
                                            std::optional<ServiceVersion> default_version = {});

}  // namespace lapis::azure
