#include "lapis/azure/version.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include "azure/field_errors.h"
#include "azure/sas_fields.h"

namespace lapis::azure {
namespace {

// Every version of the Blob service, oldest first.
constexpr std::uint32_t kKnownVersions[] = {
    20090919, 20110818, 20120212, 20130815, 20140214, 20150221, 20150405, 20150708,
    20151211, 20160531, 20170417, 20170729, 20171109, 20180328, 20181109, 20190202,
    20190707, 20191212, 20200210, 20200408, 20200612, 20200804, 20201002, 20201206,
    20210212, 20210410, 20210608, 20210806, 20211004, 20211202, 20221102, 20230103,
    20230503, 20230803, 20231103, 20240204, 20240504, 20240804, 20241104, 20250105,
    20250505, 20250705, 20251105, 20260206, 20260406, 20260606, 20261006,
};
static_assert(std::ranges::is_sorted(kKnownVersions));
static_assert(*std::begin(kKnownVersions) == kOldestVersion.date);
static_assert(*std::rbegin(kKnownVersions) == kNewestVersion.date);

// What is served where neither a version nor a credential is given.
constexpr ServiceVersion kAnonymousVersion{20140214};
// SAS up to this version decide the version of the request too.
constexpr ServiceVersion kSasDecidesUpTo{20130815};

NegotiatedVersion negotiated(ServiceVersion requested) {
  const auto after = std::ranges::upper_bound(kKnownVersions, requested.date);
  return {requested, ServiceVersion{*std::prev(after)}, requested > kNewestVersion};
}

std::optional<ServiceVersion> acceptable(std::string_view text, bool strict) {
  const auto version = parse_version(text);
  if (!version || *version < kOldestVersion) return std::nullopt;
  if (strict && *version > kNewestVersion) return std::nullopt;
  return version;
}

// True where a SAS is the credential: it says which version signed it.
bool signs_version(const http::Request& request, const Target& target) {
  return request.headers.find("Authorization") == nullptr && has_sas(target.query);
}

}  // namespace

FixedText<10> ServiceVersion::text() const {
  FixedText<10> text;
  text.resize(10);
  std::uint32_t rest = date;
  for (std::size_t i = 10; i-- > 0;) {
    const bool dash = i == 4 || i == 7;
    text[i] = dash ? '-' : static_cast<char>('0' + rest % 10);
    if (!dash) rest /= 10;
  }
  return text;
}

std::optional<ServiceVersion> parse_version(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::uint32_t date = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    date = date * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(date / 10'000)),
                                        std::chrono::month(date / 100 % 100),
                                        std::chrono::day(date % 100)};
  if (!day.ok()) return std::nullopt;
  return ServiceVersion{date};
}

bool names_version(const http::Request& request, const Target& target) {
  return request.headers.find("x-ms-version") != nullptr || target.query.has("api-version") ||
         signs_version(request, target);
}

Result<NegotiatedVersion> negotiate_version(const http::Request& request, const Target& target,
                                            bool strict,
                                            std::optional<ServiceVersion> default_version) {
  const bool authorization = request.headers.find("Authorization") != nullptr;
  std::optional<ServiceVersion> signed_version;
  if (signs_version(request, target)) {
    const std::string_view text = target.query.get("sv");
    if (text.empty()) return fail(authentication_failed("sv is mandatory. Cannot be empty"));
    signed_version = acceptable(text, strict);
    if (!signed_version) return fail(authentication_failed("Signature fields not well formed."));
    if (*signed_version <= kSasDecidesUpTo) return negotiated(*signed_version);
  }
  if (const std::string_view* header = request.headers.find("x-ms-version")) {
    const auto version = acceptable(*header, strict);
    if (!version) return fail(invalid_header("x-ms-version", *header));
    return negotiated(*version);
  }
  if (const std::string_view* parameter = target.query.find("api-version")) {
    const auto version = acceptable(*parameter, strict);
    if (!version) return fail(invalid_parameter("api-version", *parameter, ""));
    return negotiated(*version);
  }
  if (signed_version) return negotiated(*signed_version);
  if (default_version) return negotiated(*default_version);
  if (authorization) return fail(missing_header("x-ms-version"));
  return negotiated(kAnonymousVersion);
}

}  // namespace lapis::azure
