#include "azure/sas_fields.h"

#include <algorithm>
#include <string>

#include "azure/field_errors.h"
#include "azure/ip_range.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::array<std::string_view, kSasFieldCount> kNames = {
    "sv", "ss",  "srt", "st",   "se",   "sp",   "sip",  "spr", "sr",
    "si", "sig", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"};

// Parameters of user delegation and directory SAS.
constexpr std::string_view kNotBuilt[] = {"skoid",  "sktid", "skt",   "ske",  "sks",
                                          "skv",    "saoid", "suoid", "scid", "skdutid",
                                          "sduoid", "srh",   "srq",   "sdd"};

constexpr ServiceVersion kFirst{20120212};               // that has an sv
constexpr ServiceVersion kFirstWithOverrides{20130815};  // rsc*
constexpr ServiceVersion kFirstWithAddress{20150405};    // account SAS, sip, spr
constexpr std::string_view kMalformed = "Signature fields not well formed.";

std::unexpected<Error> refuse(std::string detail) {
  return fail(authentication_failed(std::move(detail)));
}

std::unexpected<Error> malformed() { return refuse(std::string(kMalformed)); }

Result<void> read_values(const Query& query, SasFields& sas) {
  for (std::size_t i = 0; i < kSasFieldCount; ++i) {
    const std::string_view* value = query.find(kNames[i]);
    if (!value) continue;
    // Response headers are made of some of these; none has use for a control character.
    if (std::ranges::any_of(*value, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; })) {
      return malformed();
    }
    if (value->empty()) return refuse(std::string(kNames[i]) + " is optional but cannot be empty");
    sas.values[i] = *value;
  }
  return {};
}

Result<void> require(const SasFields& sas, std::initializer_list<SasField> fields) {
  for (const SasField field : fields) {
    if (!sas.get(field).empty()) continue;
    return refuse(std::string(parameter_name(field)) + " is mandatory. Cannot be empty");
  }
  return {};
}

Result<void> refuse_not_built(const Query& query, const SasFields& sas) {
  for (const std::string_view name : kNotBuilt) {
    if (!query.has(name)) continue;
    return refuse("User delegation and directory signatures (" + std::string(name) +
                  ") are not supported");
  }
  if (!sas.get(SasField::kEncryptionScope).empty()) {
    return refuse("Encryption scopes (ses) are not supported");
  }
  const std::string_view resource = sas.get(SasField::kResource);
  if (resource == "d") return refuse("Signed resource (sr) 'd' is not supported");
  return {};
}

Result<std::optional<Timestamp>> read_time(const SasFields& sas, SasField field) {
  const std::string_view text = sas.get(field);
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) return malformed();
  return time;
}

Result<void> read_times(SasFields& sas) {
  LAPIS_TRY(sas.expiry, read_time(sas, SasField::kExpiry));
  LAPIS_TRY(sas.start, read_time(sas, SasField::kStart));
  if (!sas.start || !sas.expiry || *sas.start < *sas.expiry) return {};
  return refuse("Signed expiry time [" + format_http_date(*sas.expiry) +
                "] has to be after signed start time [" + format_http_date(*sas.start) + "]");
}

bool has_override(const SasFields& sas) {
  return std::ranges::any_of(sas.values.begin() + static_cast<int>(SasField::kCacheControl),
                             sas.values.end(), [](auto value) { return !value.empty(); });
}

// As far as that version of a signature knows it.
bool is_resource(std::string_view resource, ServiceVersion version) {
  if (resource == kSnapshotResource) return version >= kFirstOfSnapshots;
  if (resource == kVersionResource) return version >= kFirstOfVersions;
  return resource == kBlobResource || resource == kContainerResource;
}

bool is_well_formed(const SasFields& sas) {
  const bool letters = std::ranges::all_of(sas.get(SasField::kPermissions),
                                           [](char c) { return c >= 'a' && c <= 'z'; });
  const std::string_view protocol = sas.get(SasField::kProtocol);
  const bool protocols = protocol.empty() || protocol == "https" || protocol == "https,http" ||
                         protocol == "http,https";
  const std::string_view ip = sas.get(SasField::kIp);
  const std::string_view resource = sas.get(SasField::kResource);
  return letters && protocols && (ip.empty() || parse_ip_range(ip).has_value()) &&
         (resource.empty() || is_resource(resource, sas.version));
}

bool signs_all_it_carries(const SasFields& sas) {
  if (sas.kind == SasKind::kAccount) return sas.version >= kFirstWithAddress;
  if (has_override(sas) && sas.version < kFirstWithOverrides) return false;
  const bool address = !sas.get(SasField::kIp).empty() || !sas.get(SasField::kProtocol).empty();
  return !address || sas.version >= kFirstWithAddress;
}

}  // namespace

std::string_view parameter_name(SasField field) { return kNames[static_cast<std::size_t>(field)]; }

bool has_sas(const Query& query) {
  if (query.has("sig")) return true;
  if (!query.has("sv")) return false;
  return query.has("se") || query.has("sp") || query.has("sr") || query.has("ss");
}

Result<SasFields> parse_sas(const Query& query) {
  SasFields sas;
  const bool account = query.has("ss") || query.has("srt");
  sas.kind = account ? SasKind::kAccount : SasKind::kService;
  LAPIS_TRY_VOID(read_values(query, sas));
  LAPIS_TRY_VOID(require(sas, {SasField::kVersion}));
  const auto version = parse_version(sas.get(SasField::kVersion));
  if (!version || *version < kFirst) return malformed();
  sas.version = *version;
  LAPIS_TRY_VOID(refuse_not_built(query, sas));
  LAPIS_TRY_VOID(require(sas, {SasField::kSignature}));
  const bool by_policy = !sas.get(SasField::kPolicy).empty();
  if (!by_policy) LAPIS_TRY_VOID(require(sas, {SasField::kExpiry, SasField::kPermissions}));
  if (account) {
    if (by_policy) return refuse("si is not a field of an account signature");
    LAPIS_TRY_VOID(require(sas, {SasField::kServices, SasField::kResourceTypes}));
  } else {
    LAPIS_TRY_VOID(require(sas, {SasField::kResource}));
  }
  LAPIS_TRY_VOID(read_times(sas));
  if (!is_well_formed(sas) || !signs_all_it_carries(sas)) return malformed();
  return sas;
}

}  // namespace lapis::azure
